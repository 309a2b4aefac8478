/** `alarm 5xx triggered`, `alarms 5xx and latency triggered` */
export function alarmWords(names: readonly string[]): string {
  return `alarm${names.length === 1 ? '' : 's'} ${names.join(' and ')} triggered`
}
