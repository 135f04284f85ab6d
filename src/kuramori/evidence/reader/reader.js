// Opens the files in this page with the passphrase, checks them, and shows them. Sends nothing anywhere.
const about = JSON.parse(document.getElementById("about").textContent);
const at = (id) => document.getElementById(id);
const utf8 = new TextEncoder();
const hex = (data) => [...new Uint8Array(data)].map((one) => one.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const sha256 = async (data) => hex(await crypto.subtle.digest("SHA-256", data));

function digitsOf(typed) {
  const kept = typed.normalize("NFKC").replace(/\D/g, "");
  return kept.length === 24 ? kept.match(/.{4}/g).join("-") : null;
}

async function keyOf(passphrase) {
  const raw = await crypto.subtle.importKey("raw", utf8.encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: unhex(about.salt), iterations: about.rounds };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
}

function bytesOf(base64) {
  const text = atob(base64.trim());
  const made = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) made[i] = text.charCodeAt(i);
  return made;
}

async function openFile(key, number) {
  const file = about.files[number];
  const whole = new Uint8Array(file.bytes);
  let place = 0;
  for (let piece = 0; piece < file.pieces; piece += 1) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(0, number);
    new DataView(iv.buffer).setUint32(8, piece);
    const additionalData = utf8.encode(`kuramori page 1\0${about.package}\0${number}\0${piece}\0${file.pieces}`);
    const id = `f${String(number).padStart(4, "0")}-${String(piece).padStart(6, "0")}`;
    const sealed = bytesOf(at(id).textContent);
    const clear = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed));
    whole.set(clear, place);
    place += clear.length;
  }
  if (place !== file.bytes) throw new Error(file.name);
  return whole;
}

// --- The signature: CMS SignedData (RFC 5652) with one ECDSA P-256 signer ------------------------------
function element(data, start) {
  let length = data[start + 1], head = 2;
  if (length & 0x80) {
    head += length & 0x7f;
    length = 0;
    for (let i = start + 2; i < start + head; i += 1) length = length * 256 + data[i];
  }
  return { tag: data[start], from: start, inside: start + head, end: start + head + length };
}

function children(data, one) {
  const found = [];
  for (let place = one.inside; place < one.end; place = found.at(-1).end) found.push(element(data, place));
  return found;
}

const MESSAGE_DIGEST = "06092a864886f70d010904";

async function signedBy(signature, content) {
  const signed = children(signature, children(signature, children(signature, element(signature, 0))[1])[0]);
  const certificate = children(signature, signed.find((one) => one.tag === 0xa0))[0];
  const signer = children(signature, children(signature, signed.at(-1))[0]);
  const attributes = signer.find((one) => one.tag === 0xa0);
  const digest = children(signature, attributes).map((one) => children(signature, one))
    .find(([name]) => hex(signature.slice(name.from, name.end)) === MESSAGE_DIGEST);
  const value = children(signature, digest[1])[0];
  if (hex(signature.slice(value.inside, value.end)) !== (await sha256(content))) return null;
  const said = signature.slice(attributes.from, attributes.end);
  said[0] = 0x31;
  const body = children(signature, children(signature, certificate)[0]);
  const key = body[body[0].tag === 0xa0 ? 6 : 5];
  const pair = children(signature, element(signature, signer.at(-1).tag === 0x04 ? signer.at(-1).inside : signer.at(-2).inside));
  const raw = new Uint8Array(64);
  pair.forEach((one, half) => {
    const number = signature.slice(one.inside, one.end).subarray(-32);
    raw.set(number, 32 * half + 32 - number.length);
  });
  const how = { name: "ECDSA", namedCurve: "P-256" };
  const spki = await crypto.subtle.importKey("spki", signature.slice(key.from, key.end), how, false, ["verify"]);
  const fine = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, spki, raw, said);
  return fine ? sha256(signature.slice(certificate.from, certificate.end)) : null;
}

// --- What is shown --------------------------------------------------------------------------------------
function check(fine, words) {
  at("checks").append(Object.assign(document.createElement("li"), { className: fine ? "good" : "bad", textContent: words }));
}

function addressOf(name, data) {
  const kind = name.endsWith(".mp4") ? "video/mp4" : name.endsWith(".jpg") ? "image/jpeg"
    : name.endsWith(".pdf") ? "application/pdf" : "application/octet-stream";
  return URL.createObjectURL(new Blob([data], { type: kind }));
}

function show(files) {
  for (const [name, data] of files) {
    const href = addressOf(name, data);
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("a"), { href, download: name.split("/").at(-1), textContent: name }));
    at("files").append(line);
    if (!/\.(mp4|jpg)$/.test(name)) continue;
    const figure = document.createElement("figure");
    const film = name.endsWith(".mp4");
    const picture = Object.assign(document.createElement(film ? "video" : "img"), { src: href, alt: name });
    if (film) Object.assign(picture, { controls: true, preload: "auto", muted: true });
    figure.append(picture, Object.assign(document.createElement("figcaption"), { textContent: name }));
    at("films").append(figure);
  }
}

async function checkAll(files) {
  const listed = new Map(new TextDecoder().decode(files.get("SHA256SUMS")).trim().split("\n")
    .map((line) => [line.slice(66), line.slice(0, 64)]));
  const wrong = [];
  for (const [name, data] of files) {
    if (!name.startsWith("SHA256SUMS") && listed.get(name) !== (await sha256(data))) wrong.push(name);
  }
  check(!wrong.length, wrong.length ? `中身が変わっています: ${wrong.join(", ")}` : "すべてのファイルのハッシュが一覧と同じです");
  const manifest = JSON.parse(new TextDecoder().decode(files.get("manifest.json")));
  const made = manifest.footage.flatMap((one) => [...one.clips.map((clip) => clip.viewing), ...one.stills, ...(one.derivatives ?? [])]);
  const differing = [];
  for (const one of made) if ((await sha256(files.get(one.file))) !== one.sha256) differing.push(one.file);
  check(!differing.length && manifest.package === about.package, differing.length
    ? `目録と違うファイル: ${differing.join(", ")}` : "映像と静止画が、署名された目録と同じです");
  const by = (name) => signedBy(files.get(`${name}.p7s`), files.get(name)).catch(() => null);
  const [listSigner, sumsSigner] = [await by("manifest.json"), await by("SHA256SUMS")];
  const signer = listSigner === sumsSigner ? listSigner : null;
  check(Boolean(signer), signer ? "目録と一覧の署名は正しいものです" : "署名が合いません");
  at("signer").textContent = signer ? signer.match(/.{4}/g).join(" ") : "—";
  document.body.dataset.checked = !wrong.length && !differing.length && signer ? "whole" : "wrong";
}

async function open(passphrase) {
  const key = await keyOf(passphrase);
  const files = new Map();
  at("bar").hidden = false;
  for (let number = 0; number < about.files.length; number += 1) {
    files.set(about.files[number].name, await openFile(key, number));
    at("bar").value = (100 * (number + 1)) / about.files.length;
  }
  at("bar").hidden = true;
  at("open").hidden = at("needs").hidden = true;
  at("said").textContent = "";
  at("shown").hidden = false;
  show(files);
  await checkAll(files);
}

at("open").addEventListener("submit", async (event) => {
  event.preventDefault();
  const passphrase = digitsOf(at("digits").value);
  if (!passphrase) {
    at("said").textContent = "数字が24けたではありません。 / Not 24 digits.";
    return;
  }
  at("said").textContent = "開いています… / Opening…";
  try {
    await open(passphrase);
  } catch {
    at("bar").hidden = true;
    at("said").textContent = "合言葉が違うか、ファイルが壊れているか変えられています。 / Wrong passphrase, or the file was damaged or altered.";
    document.body.dataset.checked = "closed";
  }
});
