import type { Engine } from './ecs/index.ts'

/**
 * Services and tasks for `GET /_simulator/state`, without the containers' environment variables.
 */
export function describeState(engine: Engine) {
  const { state } = engine
  return {
    services: Object.values(state.services).map((service) => ({
      arn: service.arn,
      status: service.status,
      desiredCount: service.desiredCount,
      taskDefinition: service.taskDefinition,
      deployments: service.deployments.map((deployment) => ({
        id: deployment.id,
        status: deployment.status,
        rolloutState: deployment.rolloutState,
        taskDefinition: deployment.taskDefinition,
        // Only for a blue/green, linear or canary deployment.
        stage: state.serviceDeployments[deployment.serviceDeployment]?.staged?.stage,
      })),
    })),
    tasks: Object.values(state.tasks).map((task) => ({
      id: task.id,
      service: task.service,
      deployment: task.deployment,
      lastStatus: task.lastStatus,
      stoppedReason: task.stoppedReason,
      // Container port → port on 127.0.0.1.
      ports: task.ports,
      containers: task.containers.map(({ name, image, imageDigest, exitCode }) => ({
        name,
        image,
        imageDigest,
        exitCode,
      })),
    })),
  }
}
