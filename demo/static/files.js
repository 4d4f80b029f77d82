// Files that a visitor sends, and the photo that is there for those who have none at hand.

/** Let the visitor choose a file. Resolves to {name, media_type, content (base64)}, or to null. */
export function chooseFile(accept) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  return new Promise((resolve) => {
    input.addEventListener("change", async () => resolve(input.files[0] ? await encode(input.files[0]) : null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

async function encode(file) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
  return { name: file.name, media_type: file.type, content: address.slice(address.indexOf(",") + 1) };
}
