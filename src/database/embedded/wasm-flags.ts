/**
 * V8 flags by which WebAssembly runs as baseline code (measured: docs/adr/0001-one-sql-dialect.md): optimising one
 * function of the embedded database takes seconds of CPU time and 600 MB.
 */
export const WASM_FLAGS = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
