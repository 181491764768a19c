// What a picture is drawn on: a canvas in a page, or an SVG text.
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** The part of CanvasRenderingContext2D that makes paths. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void;
}
export interface Stroke {
  readonly colour: string;
  readonly width: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}
export interface TextStyle {
  readonly size: number;
  readonly colour: string;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly align?: "left" | "middle" | "right";
  /** Text that comes out wider than this is squeezed. */
  readonly room?: number;
}
export interface Surface {
  rect(r: Rect, radius: number, fill: string | null, stroke?: Stroke): void;
  line(draw: (pen: Pen) => void, stroke: Stroke): void;
  area(draw: (pen: Pen) => void, fill: string, opacity?: number): void;
  /** `y` is the baseline. */
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** Draws inside a rounded rectangle only. */
  inside(r: Rect, radius: number, draw: () => void): void;
}
