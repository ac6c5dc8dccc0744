// Starts the trainer inside its worker. The build tool gives worker files no content hash, so the `?v=` of this
// module's own URL is passed on to the two files it loads: a new build is never mixed with cached old files.
const { search } = new URL(self.location.href);
try {
  const { default: init } = await import(`./trainer.js${search}`);
  await init({ module_or_path: new URL(`./trainer_bg.wasm${search}`, self.location.href) });
} catch (error) {
  // A rejected module is not reported to the page in every browser; an exception in a task is.
  setTimeout(() => { throw error; });
}
