import type { NativeConnection } from '@temporalio/worker'
import type { IsRunning } from '../activities/index.ts'

/** `WORKFLOW_EXECUTION_STATUS_RUNNING` in temporal/api/enums/v1/workflow.proto. */
const running = 1
/** `NOT_FOUND` (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const notFound = 5

/** Asks Temporal whether a release still runs. If Temporal does not answer, it may. */
export function askTemporal(connection: NativeConnection, namespace: string): IsRunning {
  return async (release) => {
    try {
      const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution({
        namespace,
        execution: { workflowId: release },
      })
      return Number(workflowExecutionInfo?.status) === running
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === notFound)
    }
  }
}
