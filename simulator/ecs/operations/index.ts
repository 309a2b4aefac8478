import type { Operations } from '../../http/types.ts'
import type { Engine } from '../engine.ts'
import type { Input } from '../requests/input.ts'
import { createCluster, deleteCluster, describeClusters, listClusters } from './clusters.ts'
import { continueServiceDeployment } from './continue-service-deployment.ts'
import { createService } from './create-service.ts'
import { deleteService, describeServices, listServices } from './services.ts'
import {
  describeServiceDeployments,
  describeServiceRevisions,
  listServiceDeployments,
  stopServiceDeployment,
} from './service-deployments.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import { registerTaskDefinition } from './register-task-definition.ts'
import {
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
} from './task-definitions.ts'
import { describeTasks, listTasks, stopTask } from './tasks.ts'
import { updateService } from './update-service.ts'

/**
 * The ECS operations that are modelled. Each takes the decoded JSON body and returns the object
 * that ECS would answer with: AWS's own names, times as seconds since the epoch, absent fields
 * `undefined`. Errors are `AwsError`s with ECS's own codes.
 */
export function ecsOperations(engine: Engine): Operations {
  const operations: Record<string, (engine: Engine, input: Input) => unknown> = {
    ContinueServiceDeployment: continueServiceDeployment,
    CreateCluster: createCluster,
    CreateService: createService,
    DeleteCluster: deleteCluster,
    DeleteService: deleteService,
    DeregisterTaskDefinition: deregisterTaskDefinition,
    DescribeClusters: describeClusters,
    DescribeServiceDeployments: describeServiceDeployments,
    DescribeServiceRevisions: describeServiceRevisions,
    DescribeServices: describeServices,
    DescribeTaskDefinition: describeTaskDefinition,
    DescribeTasks: describeTasks,
    ListClusters: listClusters,
    ListServiceDeployments: listServiceDeployments,
    ListServices: listServices,
    ListTagsForResource: listTagsForResource,
    ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
    ListTaskDefinitions: listTaskDefinitions,
    ListTasks: listTasks,
    RegisterTaskDefinition: registerTaskDefinition,
    StopServiceDeployment: stopServiceDeployment,
    StopTask: stopTask,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateService: updateService,
  }
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      ({ input }) => operation(engine, input),
    ]),
  )
}
