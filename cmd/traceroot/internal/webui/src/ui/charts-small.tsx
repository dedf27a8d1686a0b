// Charts without axes, for use beside a number.

/** Says nothing that the number beside it does not, so it is hidden from screen readers. */
export function Sparkline({ values, width = 74, height = 20 }: { values: (number | null)[]; width?: number; height?: number }) {
  const max = Math.max(0, ...values.map((value) => value ?? 0)) || 1;
  const points = values.flatMap((value, i) => value == null ? [] : [`${((i / Math.max(1, values.length - 1)) * (width - 2) + 1).toFixed(1)},${(height - 2 - (value / max) * (height - 4)).toFixed(1)}`]);
  if (points.length < 2) return null;
  return (
    <svg class="spark" width={width} height={height} aria-hidden="true">
      <polyline fill="none" stroke="var(--t3)" stroke-width="1.4" stroke-linejoin="round" points={points.join(" ")} />
    </svg>
  );
}

/** A part of one whole, 0 to 1. */
export function Share({ part, width = 64 }: { part: number; width?: number }) {
  const filled = width * Math.min(1, Math.max(0, part || 0));
  return (
    <svg width={width} height="6" role="img" aria-label={`${Math.round((part || 0) * 100)} %`}>
      <rect width={width} height="6" fill="var(--raise)" />
      <rect width={filled > 0 ? Math.max(1, filled) : 0} height="6" fill="var(--c1)" />
    </svg>
  );
}

/** One bar in parts, as wide as its place. */
export function PartsBar({ parts, height = 8, format = (value: number) => value.toLocaleString("en-US") }: { parts: { name: string; color: string; value: number }[]; height?: number; format?: (value: number) => string }) {
  const whole = parts.reduce((sum, part) => sum + part.value, 0) || 1;
  let x = 0;
  return (
    <svg width="100%" height={height} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" role="img" aria-label={parts.map((part) => `${part.name} ${format(part.value)}`).join(", ")}>
      {parts.map((part) => {
        const width = (part.value / whole) * 100;
        const left = x;
        x += width;
        return width > 0 && <rect key={part.name} x={left} y="0" width={Math.max(0.01, width - 0.35)} height={height} fill={`var(${part.color})`} />;
      })}
    </svg>
  );
}
