/** A stream that records what is written to it; a terminal if `isTTY`. */
export function screen(isTTY: boolean) {
  const written: string[] = []
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0
  return { written, screen: { write, isTTY, columns: 60, rows: 10 } }
}
