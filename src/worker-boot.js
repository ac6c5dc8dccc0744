// xtask puts the name with the hash of the contents in.
try {
  const { default: init } = await import("./TRAINER_NAME.js");
  await init({ module_or_path: new URL("./TRAINER_NAME_bg.wasm", self.location.href) });
} catch (error) {
  // Not every browser reports a rejected module.
  setTimeout(() => { throw error; });
}
