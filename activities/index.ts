export { activityInterceptors } from './aws/error-interceptor.ts'
export { createBuilderActivities } from './builder-activities.ts'
export { createReleaseActivities } from './release-activities.ts'
export { workerShutdown } from './temporal/worker-shutdown.ts'
