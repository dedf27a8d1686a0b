// Keys as they stand on a keyboard. They repeat what a button's title says, so they are not read out.
export function Kbd({ keys, class: extra }: { keys: string; class?: string }) {
  return <>{keys.split(" ").map((key) => <kbd class={extra} aria-hidden="true">{key}</kbd>)}</>;
}
