import { DockerError, type DockerEngine } from './docker-engine.ts'
import type { ContainerSpec, TaskSpec } from './types.ts'

/** The label of every container; its value is the simulator's instance. */
const instanceLabel = 'slipway.simulator'

export interface Placement {
  readonly instance: string
  readonly task: TaskSpec
  readonly container: ContainerSpec
  /** The image reference from which it is created. */
  readonly reference: string
  /** The container whose network it shares, and which publishes the task's ports. */
  readonly network?: string
}

/** Creates a container without starting it. Returns its id. */
export async function createContainer(engine: DockerEngine, placement: Placement): Promise<string> {
  const { instance, task, container } = placement
  const answer = await engine.call('POST', '/containers/create', {
    query: { name: `slipway-${instance}-${task.id.slice(0, 12)}-${container.name}` },
    body: describe(placement),
  })
  return (JSON.parse(answer.toString()) as { Id: string }).Id
}

function describe({ instance, task, container, reference, network }: Placement) {
  const ports = task.containers.flatMap((each) =>
    each.portMappings.map((mapping) => `${mapping.containerPort}/tcp`),
  )
  return {
    Image: reference,
    ...(container.command && { Cmd: container.command }),
    ...(container.entryPoint && { Entrypoint: container.entryPoint }),
    Env: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [instanceLabel]: instance,
      'slipway.cluster': task.cluster,
      'slipway.service': task.service,
      'slipway.task': task.id,
      'slipway.task-definition': task.taskDefinition,
      'slipway.container': container.name,
    },
    ...(network === undefined && {
      ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    }),
    HostConfig: {
      // A container that logs without end must not fill the disk.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      ...(network === undefined
        ? {
            // The name under which containers reach services on this machine, such as a database.
            ExtraHosts: ['host.docker.internal:host-gateway'],
            PortBindings: Object.fromEntries(
              ports.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]]),
            ),
          }
        : // The containers of a task see each other on localhost, as in ECS's awsvpc mode.
          { NetworkMode: `container:${network}` }),
    },
  }
}

/** Container port → port on 127.0.0.1. Empty once the container has ended. */
export async function publishedPorts(
  engine: DockerEngine,
  id: string,
): Promise<Record<number, number>> {
  const inspected = JSON.parse((await engine.call('GET', `/containers/${id}/json`)).toString()) as {
    NetworkSettings: { Ports?: Record<string, { HostPort: string }[] | null> }
  }
  return Object.fromEntries(
    Object.entries(inspected.NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) => {
      const bound = bindings?.[0]
      return bound === undefined ? [] : [[Number.parseInt(port, 10), Number(bound.HostPort)]]
    }),
  )
}

/** Removes a container, running or not. Does nothing if it is already gone. */
export async function removeContainer(engine: DockerEngine, id: string): Promise<void> {
  try {
    await engine.call('DELETE', `/containers/${id}`, { query: { force: '1', v: '1' } })
  } catch (error) {
    const gone = error instanceof DockerError && (error.status === 404 || error.status === 409)
    if (!gone) throw error
  }
}

/** Ids of all containers, running or not, that simulators of this instance created. */
export async function containersOf(engine: DockerEngine, instance: string): Promise<string[]> {
  const answer = await engine.call('GET', '/containers/json', {
    query: { all: '1', filters: JSON.stringify({ label: [`${instanceLabel}=${instance}`] }) },
  })
  return (JSON.parse(answer.toString()) as { Id: string }[]).map(({ Id }) => Id)
}
