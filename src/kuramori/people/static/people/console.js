// A console's own key: made here, kept by the browser, never extractable. It signs challenges of the recorder.
const KIND = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
const PURPOSE = "kuramori console 1\0";
const AGAIN_MS = 4 * 60 * 1000;
const ADDRESS = "/consoles/prove/";

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function shelf(mode) {
  const opening = indexedDB.open("kuramori-console", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  const database = await done(opening);
  return database.transaction("keys", mode).objectStore("keys");
}

const kept = async () => done((await shelf("readonly")).get("own"));

async function made() {
  const pair = await crypto.subtle.generateKey(KIND, false, ["sign"]);
  await done((await shelf("readwrite")).put(pair, "own"));
  return pair;
}

async function signed(pair, challenge) {
  const text = new TextEncoder().encode(PURPOSE + challenge);
  return {
    key: base64(await crypto.subtle.exportKey("spki", pair.publicKey)),
    signature: base64(await crypto.subtle.sign(SIGN, pair.privateKey, text)),
  };
}

// Whether the recorder knows this browser; asks it anew each time.
export async function prove() {
  const pair = await kept();
  const asked = await fetch(ADDRESS, { headers: { Accept: "application/json" } });
  const { challenge } = await asked.json();
  const body = new URLSearchParams(pair ? await signed(pair, challenge) : {}) /* without a key: refused, and recorded */;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(ADDRESS, { method: "POST", body, headers: { "X-CSRFToken": token } });
  return answer.ok;
}

const form = document.querySelector("[data-console-register]");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { key, signature } = await signed(await made(), form.dataset.challenge);
  form.elements.key.value = key;
  form.elements.signature.value = signature;
  form.submit();
});

// After the password: this browser's key in place of a code, where it has one.
const signIn = document.querySelector("[data-console-sign-in]");
if (signIn && (await kept().catch(() => null))) {
  signIn.hidden = false;
  signIn.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { challenge } = await (await fetch(signIn.action, { headers: { Accept: "application/json" } })).json();
    const { key, signature } = await signed(await kept(), challenge);
    signIn.elements.key.value = key;
    signIn.elements.signature.value = signature;
    signIn.submit();
  });
}

const waiting = document.querySelector("[data-console-prove]");
if (waiting) {
  const known = await prove().catch(() => false);
  if (known) location.replace(waiting.dataset.next);
  else {
    waiting.querySelector("[data-console-trying]").hidden = true;
    waiting.querySelector("[data-console-unknown]").hidden = false;
  }
} else if (!form && !signIn && (await kept().catch(() => null))) setInterval(() => prove().catch(() => false), AGAIN_MS); // while pictures run
