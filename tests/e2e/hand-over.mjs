// Files as other programs hand them over, in any engine.

/**
 * Drops a file where `selector` first finds something, or pastes it, with a text beside it where there is one, as
 * another program hands both over. Gives whether the page took it. `bytes` are a Buffer or a text.
 */
export function handOver(page, selector, { name, type = "", bytes, text }, kind = "drop") {
  return page.evaluate(([selector, name, type, data, text, kind]) => {
    const handed = new DataTransfer();
    if (text) handed.setData("text/plain", text);
    handed.items.add(new File([Uint8Array.from(atob(data), letter => letter.charCodeAt(0))], name, { type }));
    const how = { bubbles: true, cancelable: true };
    const events = kind === "drop"
      ? ["dragover", "drop"].map(type => new DragEvent(type, { ...how, dataTransfer: handed }))
      : [new ClipboardEvent("paste", { ...how, clipboardData: handed })];
    const at = document.querySelector(selector);
    for (const event of events) at.dispatchEvent(event);
    return events.at(-1).defaultPrevented;
  }, [selector, name, type, Buffer.from(bytes).toString("base64"), text, kind]);
}
