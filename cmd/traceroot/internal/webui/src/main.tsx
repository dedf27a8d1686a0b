import "./css/base.css";
import "./css/parts.css";
import "./css/app.css";
import "./css/traces.css";
import "./css/trace.css";
import "./css/session.css";
import "./css/dashboard.css";
import "./css/compare.css";
import "./css/connect.css";
import { render } from "preact";
import { App } from "./app";
import { readPage } from "./page";
import { feedFrom } from "./state/events";
import { listenToKeys } from "./state/keys";
import { followRunning } from "./state/live";
import { drawn } from "./state/painted";
import { followLinks } from "./state/url";

const root = document.getElementById("app");
if (root) {
  feedFrom(readPage().feed);
  followLinks();
  listenToKeys();
  followRunning();
  render(<App />, root);
  drawn();
}
