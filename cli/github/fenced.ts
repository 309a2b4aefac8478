/** A block that its text cannot end: the fence is longer than any run of backticks in it. */
export function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, text, fence]
}
