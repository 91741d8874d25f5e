/** The module's bytes as text: see js/bytes-as-text.js. */
export const frequent: number[];
export const text: string;
