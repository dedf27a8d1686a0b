// The shared worker: one connection for all pages of this browser.
import { Feed, type FromFeed, type ToFeed } from "./state/feed";

const ports = new Set<MessagePort>();
const feed = new Feed((message) => { for (const port of ports) port.postMessage(message); });

addEventListener("connect", (e) => {
  const [port] = (e as MessageEvent).ports;
  if (!port) return;
  ports.add(port);
  port.onmessage = ({ data }: MessageEvent<ToFeed>) => {
    if (data.kind === "topics") feed.want(port, data.topics);
    else {
      ports.delete(port);
      feed.leave(port);
    }
  };
  port.postMessage(feed.condition() satisfies FromFeed);
});
