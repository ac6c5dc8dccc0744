// The `?v=` of this module goes on to the files it loads: ARCHITECTURE.md tells why.
const { search } = new URL(self.location.href);
try {
  const { default: init } = await import(`./trainer.js${search}`);
  await init({ module_or_path: new URL(`./trainer_bg.wasm${search}`, self.location.href) });
} catch (error) {
  // Not every browser reports a rejected module.
  setTimeout(() => { throw error; });
}
