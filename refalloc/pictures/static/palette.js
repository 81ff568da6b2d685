/**
 * Colours and textures, the same as in the stills (palette.json). A state has a colour and a texture, so that it can
 * be told without colours; the colours are apart for the three kinds of colour blindness (Okabe and Ito 2008).
 */

import PALETTE from "./palette.json" with { type: "json" };

export const TILE = 8; // pixels along each side of a texture

/** @typedef {"light" | "dark"} Theme */
/** @typedef {"fresh" | "free" | "live" | "spare" | "held"} Texture */

/** @type {Texture[]} by STATUS, and what was given beyond what was asked */
export const TEXTURES = ["fresh", "free", "live", "held", "spare"];
const COLOURS = [undefined, ...PALETTE.many, ...PALETTE.ages]; // that a texture can have; undefined: its own

/** @param {Theme} theme @returns {Record<string, any>} */
export function coloursOf(theme) {
  return PALETTE[theme];
}

/** One of many lanes, classes or threads; eight colours, then again. @param {number} index */
export function oneOfMany(index) {
  return PALETTE.many[((index % PALETTE.many.length) + PALETTE.many.length) % PALETTE.many.length];
}

/**
 * Colours by number, as lookOf takes them.
 * @type {{OWN: number, GREY: number, ofMany: (index: number) => number, ofAge: (events: number) => number}}
 * ofAge: young to old, by the events since the last change
 */
export const COLOUR = {
  OWN: 0,
  GREY: PALETTE.many.length,
  ofMany: (index) => 1 + (index % PALETTE.many.length),
  ofAge: (events) => 1 + PALETTE.many.length + Math.min(PALETTE.ages.length - 1, Math.floor(Math.log2(events + 1) / 2)),
};

/** @param {string} colour "#rrggbb" */
export function pixel(colour) {
  const n = Number.parseInt(colour.slice(1), 16);
  return (0xff000000 | ((n & 0xff) << 16) | (n & 0xff00) | (n >> 16)) >>> 0; // little-endian RGBA
}

/**
 * A texture as TILE x TILE pixels.
 * @param {Theme} theme @param {Texture} texture @param {string} [colour] in place of the state's own
 */
export function tile(theme, texture, colour) {
  const [own, mark] = PALETTE[theme][texture];
  const base = pixel(texture === "live" || texture === "free" || texture === "held" ? (colour ?? own) : own);
  const marked = texture === "live" ? base : pixel(texture === "spare" ? (colour ?? mark) : mark);
  return Uint32Array.from(PALETTE.tiles[texture].join(""), (dot) => (dot === "#" ? marked : base));
}

/** @type {Map<Theme, Uint32Array>} */
const tiles = new Map();

/** The tiles of all looks, TILE x TILE pixels each, one after the other. @param {Theme} theme */
export function tilesOf(theme) {
  let found = tiles.get(theme);
  if (found === undefined) {
    const all = COLOURS.flatMap((colour) => TEXTURES.map((texture) => tile(theme, texture, colour)));
    found = new Uint32Array(all.length * TILE * TILE);
    for (const [look, pixels] of all.entries()) found.set(pixels, look * TILE * TILE);
    tiles.set(theme, found);
  }
  return found;
}

/** The look of a texture in a colour. @param {number} texture its place in TEXTURES @param {number} colour of COLOUR */
export function lookOf(texture, colour) {
  return colour * TEXTURES.length + texture;
}

/**
 * The theme of the page, and word of its changes. JupyterLab and VS Code say it on the body.
 * @param {(theme: Theme) => void} onChange called at once, and then at each change
 * @returns {() => void} stop
 */
export function watchTheme(onChange) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => {
    const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
    const isDark = jpThemeLight !== undefined
      ? jpThemeLight === "false"
      : vscodeThemeKind !== undefined ? !vscodeThemeKind.includes("light") : system.matches;
    onChange(isDark ? "dark" : "light");
  };
  let frame = 0;
  const observer = new MutationObserver(() => {
    tell();
    // JupyterLab leaves a notebook without room for a moment of the change, too short for any observer of sizes.
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(tell);
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"] });
  system.addEventListener("change", tell);
  tell();
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    system.removeEventListener("change", tell);
  };
}
