import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'

/**
 * The search attributes of releases in Temporal, for example
 * `temporal workflow list --query 'SlipwayOutcome="rolled_back"'`. They must exist on the server
 * before a worker starts (`slipway setup`). Never encrypted by a payload codec.
 *
 * `SlipwaySummary` repeats the workflow's summary: the list of the Temporal UI (2.54) has no column
 * for that, and no query searches it.
 */
export const searchAttributes = {
  SlipwaySummary: SearchAttributeType.TEXT,
  SlipwayProject: SearchAttributeType.KEYWORD,
  SlipwayEnvironment: SearchAttributeType.KEYWORD,
  SlipwayServices: SearchAttributeType.KEYWORD_LIST,
  SlipwayCommit: SearchAttributeType.KEYWORD,
  SlipwayRequestedBy: SearchAttributeType.KEYWORD,
  SlipwayOutcome: SearchAttributeType.KEYWORD,
} as const

/** Temporal's numbers of their types (temporal.api.enums.v1.IndexedValueType). */
export const indexedValueTypes = {
  [SearchAttributeType.TEXT]: 1,
  [SearchAttributeType.KEYWORD]: 2,
  [SearchAttributeType.KEYWORD_LIST]: 7,
} as const

export const summaryKey = defineSearchAttributeKey('SlipwaySummary', 'TEXT')
export const projectKey = defineSearchAttributeKey('SlipwayProject', 'KEYWORD')
export const environmentKey = defineSearchAttributeKey('SlipwayEnvironment', 'KEYWORD')
export const servicesKey = defineSearchAttributeKey('SlipwayServices', 'KEYWORD_LIST')
export const commitKey = defineSearchAttributeKey('SlipwayCommit', 'KEYWORD')
export const requestedByKey = defineSearchAttributeKey('SlipwayRequestedBy', 'KEYWORD')
export const outcomeKey = defineSearchAttributeKey('SlipwayOutcome', 'KEYWORD')
