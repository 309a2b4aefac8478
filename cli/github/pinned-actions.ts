/**
 * The actions that our workflows use, pinned to the commit of a release: a tag can be moved to other
 * code, a commit cannot. The commits are those of the tags in each repository.
 */
export const pinnedActions = {
  checkout: {
    uses: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1',
    version: 'v7.0.1',
  },
  setupNode: {
    uses: 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020',
    version: 'v7.0.0',
  },
  awsCredentials: {
    uses: 'aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c',
    version: 'v6.2.3',
  },
} as const
