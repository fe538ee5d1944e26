// While an issue goes out its figures follow every few seconds. Without this the page says how it was when it was loaded.
const EVERY = 4000;

const shown = () => document.querySelector(".issue-report");

const follow = async () => {
  if (document.hidden) return;
  // What somebody is about to press stays where it is.
  if (shown().contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".issue-report");
    if (fresh) shown().replaceWith(fresh);
  } catch {
    // The next time, perhaps.
  }
};

const timer = setInterval(async () => {
  await follow();
  if (shown().dataset.live !== "on") clearInterval(timer);
}, EVERY);
