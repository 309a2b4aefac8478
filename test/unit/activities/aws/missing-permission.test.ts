import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingPermission } from '../../../../activities/aws/missing-permission.ts'

test('a denial says which action to allow on what, and to whom', () => {
  assert.equal(
    missingPermission(
      'User: arn:aws:sts::111122223333:assumed-role/slipway/i-0abc is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:111122223333:service/mailman/api because no identity-based policy allows the ecs:UpdateService action',
    ),
    'Allow "ecs:UpdateService" on arn:aws:ecs:eu-west-1:111122223333:service/mailman/api in a policy of role "slipway", and ask again.',
  )
  assert.equal(
    missingPermission(
      'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action',
    ),
    'Allow "ecr:GetAuthorizationToken" in a policy of user "ci", and ask again.',
  )
})

test('where a policy denies it explicitly, allowing it would change nothing', () => {
  assert.equal(
    missingPermission(
      'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:111122223333:service/mailman/api with an explicit deny in a service control policy',
    ),
    'A policy denies it explicitly: change that one, and ask again.',
  )
})

test('a denial that names nothing asks for the permission all the same', () => {
  assert.equal(missingPermission('Access denied'), 'Add the permission to its role and ask again.')
})
