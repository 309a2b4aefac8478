import { oneLine } from './short.ts'

/** Foreign text that can neither break a table nor become markup. */
export function cell(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_{}[\]<>|#!~]/g, (character) => `\\${character}`)
}
