/**
 * What exit codes mean beside the program's own: shells use 126 and 127, and a signal n ends a
 * container with 128 + n (AWS re:Post, "Why is my Amazon ECS task stopped?").
 */
const meanings: Readonly<Record<number, string>> = {
  0: 'it ended by itself, and a service’s container must not',
  126: 'its command is no program, or may not be executed',
  127: 'its command was not found: check entryPoint and command',
  134: 'it aborted (SIGABRT)',
  137: 'it was killed (SIGKILL): out of memory, or not stopped within stopTimeout',
  139: 'it crashed with a segmentation fault (SIGSEGV)',
  143: 'it was told to stop (SIGTERM)',
}

/** `it was killed (SIGKILL): …`; undefined for a code that only the program itself can explain. */
export function exitMeaning(exitCode: number): string | undefined {
  return meanings[exitCode]
}
