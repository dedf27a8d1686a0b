// Audio, which never plays by itself, and the first bytes of what cannot be shown.
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes as size, int } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { Text } from "../../ui/text";
import type { Part } from "../../wire";

const drawLimit = 4 << 20; // bytes that are fetched to draw the wave before anybody asked to hear it
const bars = 120;

interface Wave { path: string; seconds: number; rate: number; channels: number }

export function Audio({ part, address }: { part: Part; address: string }) {
  const player = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [wave, setWave] = useState<Wave | null>(null);
  useEffect(() => {
    if ((part.bytes ?? Infinity) > drawLimit) return;
    let gone = false;
    readWave(address).then((w) => { if (!gone) setWave(w); }, () => { /* a sound that this browser cannot read has no wave */ });
    return () => { gone = true; };
  }, [address]);
  const toggle = () => {
    const el = player.current;
    if (!el) return;
    if (el.paused) void el.play();
    else el.pause();
  };
  const facts = wave ? `${minutes(wave.seconds)}, ${wave.rate / 1000} kHz ${wave.channels === 1 ? "mono" : wave.channels === 2 ? "stereo" : `${wave.channels} channels`}, ` : "";
  return (
    <div class="part">
      <header>
        <b class="ell"><Text value={part.mime ?? ""} /></b><span class="t3 ell">{facts}{part.bytes ? size(part.bytes) : ""}</span><span class="grow" />
        {typeof part.tokens === "number" && <span class="t3 xs nowrap">{int(part.tokens)} tok</span>}
      </header>
      <div class="bd row">
        <button class="btn" aria-label={playing ? "Pause" : "Play"} onClick={toggle}>{playing ? "❚❚" : <Icon name="right" size={11} />}</button>
        {wave && <svg width="100%" height="28" viewBox="0 0 120 28" preserveAspectRatio="none" aria-hidden="true"><path d={wave.path} fill="var(--t3)" /></svg>}
        <audio ref={player} src={address} preload="none" onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onEnded={() => setPlaying(false)} />
      </div>
      <footer><span class="grow" /><a class="link" href={address} download>Save</a></footer>
    </div>
  );
}

async function readWave(address: string): Promise<Wave> {
  const data = await (await fetch(address)).arrayBuffer();
  const rate = wavRate(new DataView(data));
  const sound = await new OfflineAudioContext(1, 1, rate || 44100).decodeAudioData(data);
  const samples = sound.getChannelData(0);
  let path = "";
  for (let n = 0; n < bars; n++) {
    let peak = 0;
    const to = Math.floor(((n + 1) * samples.length) / bars);
    for (let i = Math.floor((n * samples.length) / bars); i < to; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0));
    const h = 1 + peak * 26;
    path += `M${n} ${(14 - h / 2).toFixed(1)}h.7v${h.toFixed(1)}h-.7z`;
  }
  return { path, seconds: sound.duration, rate: rate || sound.sampleRate, channels: sound.numberOfChannels };
}

// wavRate is the sample rate that a WAV file tells, which decoding would change; 0 of other files.
const wavRate = (data: DataView) => (data.byteLength > 28 && data.getUint32(0) === 0x52494646 ? data.getUint32(24, true) : 0);

const minutes = (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

export function Hex({ address }: { address: string }) {
  const [line, setLine] = useState("");
  useEffect(() => {
    fetch(address, { headers: { Range: "bytes=0-15" } })
      .then((r) => r.arrayBuffer())
      .then((data) => setLine(hexLine(new Uint8Array(data.slice(0, 16)))), () => setLine("its bytes could not be read"));
  }, [address]);
  return <pre class="mono t2">{line}</pre>;
}

function hexLine(data: Uint8Array): string {
  const hex = [...data].map((b) => b.toString(16).padStart(2, "0"));
  const text = [...data].map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".")).join("");
  return `${hex.slice(0, 8).join(" ")}  ${hex.slice(8).join(" ")}  ${text}`;
}
