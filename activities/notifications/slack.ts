import type { Message } from './message.ts'

/** The body of a request to an incoming webhook of Slack's. */
export interface SlackBody {
  /** For where blocks are not shown: the notification on a phone, or another program. */
  readonly text: string
  readonly blocks: readonly SlackBlock[]
}

export type SlackBlock =
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] }

interface SlackText {
  readonly type: 'mrkdwn'
  readonly text: string
  /** Addresses and names in it are not made into links. */
  readonly verbatim: true
}

/** Slack takes 3,000 characters in a section, as they are once escaped, and refuses what has more. */
const longestLine = 2_800
/** What stands beside others. */
const longestPart = 500

/** A message as Slack's Block Kit has it. Text of others is shown, and does nothing. */
export function slackBody(message: Message): SlackBody {
  const { sign, headline, about, lines, commands, requestedBy, reason, page } = message
  const said = lines.map((line) => foreign(line, longestLine)).filter((line) => /\S/.test(line))
  const footer = [
    `Asked for by ${foreign(requestedBy, longestPart)}`,
    ...(reason === undefined ? [] : [`Reason: ${foreign(reason, longestPart)}`]),
    ...(page === undefined ? [] : [`<${page}|Temporal UI>`]),
  ]
  return {
    text: `${sign} ${headline}: ${foreign(about, longestPart)}`,
    blocks: [
      section(`${sign} *${headline}*\n${foreign(about, longestPart)}`),
      // A section without text would be refused, and the whole message with it.
      ...said.map(section),
      ...(commands.length === 0 ? [] : [section(`\`\`\`${commands.join('\n')}\`\`\``)]),
      { type: 'context', elements: footer.map(mrkdwn) },
    ],
  }
}

function section(text: string): SlackBlock {
  return { type: 'section', text: mrkdwn(text) }
}

function mrkdwn(text: string): SlackText {
  return { type: 'mrkdwn', text, verbatim: true }
}

/**
 * Text of others. Escaped as Slack wants it, it can begin neither a mention such as `<!channel>`
 * nor a link; it cannot turn the direction of reading, and is cut where it is too long.
 */
function foreign(text: string, longest: number): string {
  let escaped = ''
  for (const character of text.replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')) {
    const next = entities[character] ?? character
    if (escaped.length + next.length >= longest) return `${escaped}…`
    escaped += next
  }
  return escaped
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
