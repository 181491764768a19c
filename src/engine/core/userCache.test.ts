import { posix, win32 } from "node:path";
import { expect, test } from "vitest";
import { userCacheFolder } from "./userCache.ts";

const WINDOWS = { platform: "win32", home: "C:\\Users\\ada", join: win32.join },
  MAC = { platform: "darwin", home: "/Users/ada", join: posix.join },
  LINUX = { platform: "linux", home: "/home/ada", join: posix.join };
test.each([
  [{ ...WINDOWS, env: { LOCALAPPDATA: "D:\\Local" } }, "D:\\Local\\jitlens"],
  [{ ...WINDOWS, env: { XDG_CACHE_HOME: "/cache" } }, "C:\\Users\\ada\\AppData\\Local\\jitlens"],
  [{ ...WINDOWS, env: { JITLENS_CACHE: "E:\\kept", LOCALAPPDATA: "D:\\Local" } }, "E:\\kept"],
  [{ ...MAC, env: { XDG_CACHE_HOME: "/cache" } }, "/Users/ada/Library/Caches/jitlens"],
  [{ ...LINUX, env: {} }, "/home/ada/.cache/jitlens"],
  [{ ...LINUX, env: { XDG_CACHE_HOME: "" } }, "/home/ada/.cache/jitlens"],
  [{ ...LINUX, env: { XDG_CACHE_HOME: "/cache" } }, "/cache/jitlens"],
  [{ ...LINUX, env: { JITLENS_CACHE: "/kept", XDG_CACHE_HOME: "/cache" } }, "/kept"],
])("the user's cache folder %#", (place, folder) => expect(userCacheFolder(place)).toBe(folder));
