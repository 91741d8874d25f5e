/** The compiled module, or its address: what an import of it gives is the bundler's choice. */
declare const module: WebAssembly.Module;
export default module;
