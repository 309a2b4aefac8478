import type { Message } from './message.ts'

/** The request body for a Slack incoming webhook. */
export interface SlackBody {
  /** Shown where blocks are not: in a phone's notification, or by another program. */
  readonly text: string
  readonly blocks: readonly SlackBlock[]
}

export type SlackBlock =
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] }

interface SlackText {
  readonly type: 'mrkdwn'
  readonly text: string
  /** Slack does not turn URLs and names in it into links. */
  readonly verbatim: true
}

/** Slack rejects a section with more than 3,000 characters, counted after escaping. */
const maxLine = 2_800
/** For text that shares a block with other text. */
const maxPart = 500

/** A message in Slack's Block Kit. Untrusted text in it is escaped. */
export function slackBody(message: Message): SlackBody {
  const { sign, headline, about, lines, commands, requestedBy, reason, page } = message
  const paragraphs = lines.map((line) => escape(line, maxLine)).filter((line) => /\S/.test(line))
  const footer = [
    `Requested by ${escape(requestedBy, maxPart)}`,
    ...(reason === undefined ? [] : [`Reason: ${escape(reason, maxPart)}`]),
    ...(page === undefined ? [] : [`<${page}|Temporal UI>`]),
  ]
  return {
    text: `${sign} ${headline}: ${escape(about, maxPart)}`,
    blocks: [
      section(`${sign} *${headline}*\n${escape(about, maxPart)}`),
      // Without blank lines: Slack rejects a message that has a section without text.
      ...paragraphs.map(section),
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
 * Escapes untrusted text for Slack: it can start neither a mention such as `<!channel>` nor a link,
 * and cannot change the text direction. Truncates it to `maxLength` characters.
 */
function escape(text: string, maxLength: number): string {
  let escaped = ''
  for (const character of text.replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')) {
    const next = entities[character] ?? character
    if (escaped.length + next.length >= maxLength) return `${escaped}…`
    escaped += next
  }
  return escaped
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
