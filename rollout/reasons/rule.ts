/** A rule that gives a reason of ECS its kind: all of its patterns must match the words. */
export interface Rule {
  readonly kind: string
  /** Of {@link wordsOf}: lower case, without names. */
  readonly all: readonly RegExp[]
}

/** No answer came, whoever was asked. ECS may cut the text short in the middle of a word. */
export const unreachable =
  /i\/o timeout|dial tcp|no such host|deadline exceeded|context deadli|context cancel|request ?cancel|send request failed|requesterror|connection (?:issue|refused|reset|timed out)|client\.timeout|tls handshake timeout|check your (?:task )?network|network connection between|exceeded maximum number of attempts|could not reach/

/** An answer came, and it was no. */
export const denied =
  /accessdenied|(?<!pull )access denied|not authorized|forbidden|is not allowed|explicit deny/
