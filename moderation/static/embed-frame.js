// Owns how high the frames of a page are that show comments: as high as those are.
// A frame is asked for its height and tells it; each side knows the other's origin.

const home = new URL(import.meta.url).origin;

const findFrames = () =>
  [...document.querySelectorAll('iframe')].filter((frame) => frame.src.startsWith(home + '/embed/'));

const ask = (frame) => frame.contentWindow?.postMessage({type: 'leave-a-reply:ask'}, home);

addEventListener('message', (event) => {
  if (event.origin !== home || event.data?.type !== 'leave-a-reply:height') return;
  const frame = findFrames().find((one) => one.contentWindow === event.source);
  const height = Number(event.data.height);
  if (frame && height > 0 && height < 1e6) frame.style.height = Math.ceil(height) + 'px';
});

for (const frame of findFrames()) {
  // It may be there already, or not yet; after a post it is another page.
  frame.addEventListener('load', () => ask(frame));
  ask(frame);
}
