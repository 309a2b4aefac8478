import type { ContainerKind } from '../../rollout/reasons/container.ts'
import type { WordsOf } from './words.ts'

const quoted = (command: string | undefined): string =>
  command === undefined ? 'A container’s command' : `The command ${command}`

export const containerWords: WordsOf<ContainerKind> = {
  'out of memory': () => ({
    wrong: 'A container ran out of memory',
    fix: 'Raise memory in the task definition, or let the program use less',
  }),
  'device missing': () => ({
    wrong: 'A container asks for a device that the instance does not have',
    fix: 'Correct linuxParameters.devices in the task definition, or use instances that have it',
  }),
  'command missing': ({ command }) => ({
    wrong: `${quoted(command)} is not in the image`,
    fix: 'Check entryPoint and command in the task definition and the Dockerfile; each argument is an element of its own, and a volume may hide the file',
  }),
  'port taken': ({ port }) => ({
    wrong: `Port ${port ?? '<port>'} of the instance is taken`,
    fix: 'Let ECS choose: set hostPort to 0 in the task definition, or use awsvpc',
  }),
  'start too slow': () => ({
    wrong: 'The container engine did not start or describe a container in time',
    fix: 'On Fargate check the way from the task’s subnets to the registry and CloudWatch Logs; on EC2 the load of the instance, then its engine: `systemctl status docker`',
  }),
  'volume unusable': () => ({
    wrong: 'A volume of the task cannot be made or mounted',
    fix: 'Check volumes and mountPoints in the task definition, and its volume driver on the instance',
  }),
  'dependency unfulfilled': () => ({
    wrong:
      'A container did not start, since one that it depends on (dependsOn) failed or was too slow',
    fix: 'Look at the exit code and the logs of the other containers of the task',
  }),
  'container not created': () => ({
    wrong: 'A container cannot be created',
    fix: 'The engine’s own words follow; check the container in the task definition, and the instance',
  }),
  'container not started': () => ({
    wrong: 'A container cannot be started',
    fix: 'The engine’s own words follow; check the container in the task definition, and that its image runs where you are',
  }),
  'container runtime failed': () => ({
    wrong: 'The container engine failed',
    fix: 'On EC2 check the engine and the agent: `systemctl status docker ecs`; on Fargate try again, then ask AWS Support',
  }),
}
