// What this browser can play by itself. What it cannot, the recorder's box converts on the way.
const H265 = ["hvc1.1.6.L153.B0", "hvc1.2.4.L153.B0"]; // 8 and 10 bit

/** Whether H.265 plays here; if not, the converted addresses are the ones to ask. */
export function playsH265() {
  const Source = window.ManagedMediaSource ?? window.MediaSource;
  return H265.every((codec) => Source?.isTypeSupported(`video/mp4; codecs="${codec}"`));
}

/** Say under the picture whether it was converted. */
export function markConverted(converted) {
  document.querySelector("[data-converted]").hidden = !converted;
}
