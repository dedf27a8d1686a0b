// Runs before anything is painted, and is no module. A page whose reader chose another theme than the system's does not
// flash, and the bar that came with the page is painted before the scripts of its screen run.
{
  const patienceMs = 1000; // with a tab that says it can be seen, and paints nothing
  try {
    const chosen = localStorage.getItem("traceroot.theme"); // as state/prefs.ts keeps it
    if (chosen) document.documentElement.dataset.theme = String(JSON.parse(chosen));
  } catch {
    // Storage is switched off: the system's theme it is.
  }
  const scripts = document.currentScript?.dataset.run?.split(" ") ?? [];
  const run = async () => {
    for (const script of scripts.splice(0)) await import(script);
  };
  if (document.hidden) void run();
  else requestAnimationFrame(() => setTimeout(run));
  setTimeout(run, patienceMs);
}
