/** The module's bytes. */
declare const base64: string;
export default base64;
