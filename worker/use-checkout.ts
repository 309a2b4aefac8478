import type { BuilderActivities } from '../contract/activities.ts'
import type { SourceRef } from '../contract/activity-types.ts'
import type { WorkerOptions } from './options.ts'

/** Builder activities that take the source of one commit from a checkout on their own host. */
export function useCheckout(
  activities: BuilderActivities,
  checkout: WorkerOptions['checkout'],
): BuilderActivities {
  if (checkout === undefined) return activities
  const locally = (source: SourceRef): SourceRef =>
    source.commit === checkout.commit ? { ...source, repository: checkout.path } : source
  const withLocalSource = <Input extends { readonly source: SourceRef }>(input: Input): Input => ({
    ...input,
    source: locally(input.source),
  })
  return {
    ...activities,
    prepareSource: (source) => activities.prepareSource(locally(source)),
    runChecks: (input) => activities.runChecks(withLocalSource(input)),
    buildImage: (input) => activities.buildImage(withLocalSource(input)),
    pushImage: (input) => activities.pushImage(withLocalSource(input)),
    discardSource: (source) => activities.discardSource(locally(source)),
  }
}
