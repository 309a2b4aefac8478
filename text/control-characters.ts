/** Foreign text with a space for each run of control characters and line separators. */
export function withoutControlCharacters(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
