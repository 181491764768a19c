// How the types of transformations speak of a user's pytrees: what goes in may be loose (numbers, typed arrays), what comes out holds arrays.
import type { ShapeDtypeStruct } from "./aval.ts";
import type { TypedArray } from "./dtypes.ts";
import type { Value } from "./value.ts";

/** Anything that can stand for an array: an array or tracer, a number, boolean or bigint, nested arrays of those, a typed array. */
export type ArrayLike = Value | number | boolean | bigint | ArrayBufferView | readonly ArrayLike[];
/** One leaf of a pytree given to a transformation. Nested JavaScript arrays are containers there, not arrays. */
export type Leaf = Value | number | boolean | bigint | TypedArray;

// A user's function takes and returns anything, and functions are contravariant: only `any` accepts them all.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyArgs = any[];
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyFunction = (...args: any[]) => any;

type IsAny<T> = 0 extends 1 & T ? true : false;
/** `any` and `unknown` say nothing of their structure. */
type IsOpaque<T> = unknown extends T ? true : false;
type Terminal = string | symbol | null | undefined | void | AnyFunction;
/** Objects with methods are instances of a registered class: the class stays, whatever its fields. */
type IsInstance<T> = T extends readonly unknown[] ? false : [Extract<T[keyof T], AnyFunction>] extends [never] ? false : true;

/** The tree `T` with `L` in place of each leaf. Containers lose `readonly`: they are made anew. */
export type ReplaceLeaves<T, L> = IsOpaque<T> extends true ? T : [ArrayLike] extends [T] ? L : T extends ArrayLikeList<T> ? L : ReplaceEach<T, L>;
/** A list type that holds itself, as ArrayLike's does, cannot be walked: it counts as one leaf. */
type ArrayLikeList<T> = T extends readonly (infer E)[] ? (IsOpaque<E> extends true ? never : [ArrayLike] extends [E] ? T : never) : never;
type ReplaceEach<T, L> = T extends Leaf | ArrayBufferView | ShapeDtypeStruct
  ? L
  : T extends Terminal
    ? T
    : T extends ReadonlyMap<infer K, infer V>
      ? Map<K, ReplaceLeaves<V, L>>
      : IsInstance<T> extends true
        ? T
        : { -readonly [K in keyof T]: ReplaceLeaves<T[K], L> };

/** The tree with an array at each leaf: what transformations give back. A tree that holds only arrays keeps its own type. */
export type Arrays<T> =
  IsOpaque<T> extends true
    ? T
    : [T] extends [ReplaceLeaves<T, Value>]
      ? T
      : [ArrayLike] extends [T]
        ? Value
        : T extends ArrayLikeList<T>
          ? Value
          : ArraysEach<T>;
/** Parts that hold only arrays keep their own types, as the whole does. */
type ArraysEach<T> = T extends Leaf | ArrayBufferView | ShapeDtypeStruct
  ? Value
  : T extends ReadonlyMap<infer K, infer V>
    ? Map<K, Arrays<V>>
    : { -readonly [K in keyof T]: Arrays<T[K]> };
/** An argument list with arrays at its leaves, as a traced function sees it. */
export type ArrayArgs<A extends readonly unknown[]> = { -readonly [K in keyof A]: Arrays<A[K]> };
/** As ArrayArgs, for a rule that takes the list as one parameter: a list of unknown length and type is not checked. */
export type ArgList<A extends readonly unknown[]> =
  IsAny<A> extends true ? A : number extends A["length"] ? (IsAny<A[number]> extends true ? A[number] : ArrayArgs<A>) : ArrayArgs<A>;

/** What may be given where a function says `T`: an array may come as a number or typed array, a number may be an array; `E` adds other stand-ins. */
export type Loose<T, E = never> = IsOpaque<T> extends true ? T : [ArrayLike] extends [T] ? T | E : LooseEach<T, E>;
type LooseEach<T, E> = T extends Value
  ? Leaf | E
  : T extends number | boolean | bigint
    ? number | boolean | bigint | Value | E
    : T extends ArrayBufferView
      ? T | Value | E
      : T extends Terminal | ShapeDtypeStruct
        ? T
        : T extends ReadonlyMap<infer K, infer V>
          ? ReadonlyMap<K, Loose<V, E>>
          : IsInstance<T> extends true
            ? T
            : { readonly [K in keyof T]: Loose<T[K], E> };
export type LooseArgs<A extends AnyArgs, E = never> = { [K in keyof A]: Loose<A[K], E> };
/** Arguments of which only shapes and dtypes count. */
export type AbstractArgs<A extends AnyArgs> = LooseArgs<A, ShapeDtypeStruct>;

/** The union of a tree's leaf types, to a depth of six containers. */
export type LeafOf<T, Depth extends readonly unknown[] = []> =
  IsOpaque<T> extends true
    ? AnyArgs[number]
    : Depth["length"] extends 6
      ? AnyArgs[number]
      : T extends Terminal
        ? Extract<T, string | symbol>
        : T extends Leaf | ArrayBufferView | ShapeDtypeStruct
          ? T
          : T extends ReadonlyMap<unknown, infer V>
            ? LeafOf<V, [...Depth, 0]>
            : T extends readonly (infer V)[]
              ? LeafOf<V, [...Depth, 0]>
              : IsInstance<T> extends true
                ? AnyArgs[number]
                : LeafOf<T[keyof T], [...Depth, 0]>;
/** One example of a tree of stacked arrays: what scan, map and vmap hand to their function. */
export type Element<T> = Arrays<T>;

/** Positions of arguments: one, or several. A negative one counts from the end. */
export type Argnums = number | readonly number[];
type ArgAt<A extends readonly unknown[], N> =
  IsAny<A[number]> extends true ? A[number] : N extends number ? (`${N}` extends keyof A ? A[`${N}`] : A[number]) : never;
/** Gradients for arguments: one number gives that argument's tree, a list gives a list of trees. */
export type Gradient<A extends readonly unknown[], N extends Argnums> = N extends number
  ? Arrays<ArgAt<A, N>>
  : { -readonly [K in keyof N]: Arrays<ArgAt<A, N[K]>> };
/** The Jacobian's tree: the output's, with the gradient's tree at each leaf. */
export type Jacobian<R, G> = ReplaceLeaves<R, G>;

type AtPosition<I extends readonly unknown[], N extends Argnums> = I["length"] extends (N extends readonly number[] ? N[number] : N) ? true : false;
/** The arguments at the positions `N`, or all the others. */
export type Picked<A extends AnyArgs, N extends Argnums, I extends readonly unknown[] = []> = A extends [infer H, ...infer T]
  ? AtPosition<I, N> extends true
    ? [H, ...Picked<T, N, [...I, 0]>]
    : Picked<T, N, [...I, 0]>
  : [];
export type Others<A extends AnyArgs, N extends Argnums, I extends readonly unknown[] = []> = A extends [infer H, ...infer T]
  ? AtPosition<I, N> extends true
    ? Others<T, N, [...I, 0]>
    : [H, ...Others<T, N, [...I, 0]>]
  : A;
