"""Calls the simulator with botocore and holds each raw answer against botocore's model of AWS.

botocore's own parser drops what it does not know; here an unknown field, a missing one and one of
the wrong type are all findings. Prints {"Service.Operation": [finding, …]} as JSON.
"""

import base64
import json
import sys
import time
import xml.etree.ElementTree as ElementTree

import botocore.session
from botocore.validate import ParamValidator

findings = {}


def local_name(element):
    return element.tag.split("}")[-1]


def check_xml(element, shape, path):
    """Findings about an element of the query protocol: names that its shape does not have."""
    if shape.type_name == "list":
        for child in element:
            name = shape.member.serialization.get("name", "member")
            if local_name(child) != name:
                yield f"{path}: {local_name(child)} where {name} was expected"
            yield from check_xml(child, shape.member, f"{path}[]")
    elif shape.type_name == "structure":
        members = {
            member.serialization.get("name", name): member for name, member in shape.members.items()
        }
        for child in element:
            name = local_name(child)
            if name not in members:
                yield f"{path}: unknown element {name}"
            else:
                yield from check_xml(child, members[name], f"{path}.{name}")
    elif len(element):
        yield f"{path}: elements where a {shape.type_name} was expected"


def check(http_response, model, **_):
    operation = f"{model.service_model.service_id}.{model.name}"
    found = findings.setdefault(operation, [])
    if http_response.status_code >= 300:
        found.append(http_response.content.decode())
    elif model.service_model.metadata["protocol"] == "query":
        root = ElementTree.fromstring(http_response.content)
        wrapper = model.output_shape.serialization["resultWrapper"]
        results = [child for child in root if local_name(child) == wrapper]
        if len(results) != 1:
            found.append(f"no {wrapper}")
        for result in results:
            found.extend(check_xml(result, model.output_shape, model.name))
    else:
        report = ParamValidator().validate(json.loads(http_response.content), model.output_shape)
        if report.has_errors():
            found.append(report.generate_report())


session = botocore.session.get_session()
session.get_component("event_emitter").register("after-call", check)


def client(service):
    return session.create_client(service, region_name="us-east-1", endpoint_url=sys.argv[1])


ecs, ecr, elb, logs, sts = map(client, ["ecs", "ecr", "elbv2", "logs", "sts"])

manifest = json.dumps({"schemaVersion": 2, "layers": [], "config": {"size": 1}})
ecr.create_repository(repositoryName="api")
ecr.describe_repositories()
ecr.put_image_tag_mutability(
    repositoryName="api",
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "*-latest"}],
)
ecr.put_image(repositoryName="api", imageManifest=manifest, imageTag="v1")
ecr.describe_images(repositoryName="api")
ecr.list_images(repositoryName="api")
ecr.batch_get_image(repositoryName="api", imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}])
ecr.batch_delete_image(repositoryName="api", imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}])
ecr.get_authorization_token()
ecr.delete_repository(repositoryName="api")

sts.get_caller_identity()
role = {"RoleArn": "arn:aws:iam::111122223333:role/deploy", "RoleSessionName": "ci"}
sts.assume_role(**role)


def segment(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


claims = {"iss": "https://issuer.example", "sub": "repo:mailman", "aud": "sts.amazonaws.com"}
token = f"{segment({'alg': 'RS256'})}.{segment({**claims, 'exp': 4102444800})}.c2lnbmVk"
sts.assume_role_with_web_identity(**role, WebIdentityToken=token)

group = elb.create_target_group(
    Name="api",
    Protocol="HTTP",
    Port=80,
    VpcId="vpc-1",
    TargetType="ip",
    HealthCheckIntervalSeconds=5,
    HealthCheckTimeoutSeconds=2,
    HealthyThresholdCount=2,
)
group_arn = group["TargetGroups"][0]["TargetGroupArn"]
elb.describe_target_groups()
elb.modify_target_group_attributes(
    TargetGroupArn=group_arn,
    Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}],
)
elb.describe_target_group_attributes(TargetGroupArn=group_arn)
elb.modify_target_group(TargetGroupArn=group_arn, HealthCheckPath="/health")

cluster_arn = ecs.create_cluster(clusterName="mailman")["cluster"]["clusterArn"]
ecs.describe_clusters(clusters=["mailman", "nowhere"])
ecs.list_clusters()
ecs.register_task_definition(
    family="api",
    tags=[{"key": "commit", "value": "abc"}],
    containerDefinitions=[
        {
            "name": "api",
            "image": "api:1",
            "environment": [{"name": "A", "value": "b"}],
            "portMappings": [{"containerPort": 80}],
            "healthCheck": {"command": ["CMD", "true"], "interval": 5},
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/api", "awslogs-stream-prefix": "p"},
            },
        }
    ],
)
ecs.describe_task_definition(taskDefinition="api", include=["TAGS"])
ecs.list_task_definitions(familyPrefix="api", sort="DESC")
ecs.list_task_definition_families()
ecs.tag_resource(resourceArn=cluster_arn, tags=[{"key": "team", "value": "mail"}])
ecs.list_tags_for_resource(resourceArn=cluster_arn)
ecs.untag_resource(resourceArn=cluster_arn, tagKeys=["team"])
ecs.create_service(
    cluster="mailman",
    serviceName="api",
    taskDefinition="api",
    desiredCount=1,
    loadBalancers=[{"targetGroupArn": group_arn, "containerName": "api", "containerPort": 80}],
    deploymentConfiguration={
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["errors"], "enable": False, "rollback": True},
    },
)
of_service = {"cluster": "mailman", "service": "api"}


def wait_for(status):
    """Asks until the newest service deployment has this status; the caller's time limit ends it."""
    while True:
        arn = ecs.list_service_deployments(**of_service)["serviceDeployments"][0][
            "serviceDeploymentArn"
        ]
        described = ecs.describe_service_deployments(serviceDeploymentArns=[arn])
        deployment = described["serviceDeployments"][0]
        if deployment["status"] == status:
            return deployment
        time.sleep(0.2)


wait_for("SUCCESSFUL")
ecs.update_service(**of_service, forceNewDeployment=True)
deployment = wait_for("IN_PROGRESS")
ecs.describe_services(cluster="mailman", services=["api", "nowhere"])
ecs.stop_service_deployment(serviceDeploymentArn=deployment["serviceDeploymentArn"])
deployment = wait_for("ROLLBACK_SUCCESSFUL")
ecs.describe_service_revisions(
    serviceRevisionArns=[deployment["targetServiceRevision"]["arn"]],
)
ecs.list_services(cluster="mailman")
tasks = ecs.list_tasks(cluster="mailman", serviceName="api")["taskArns"]
stopped = ecs.list_tasks(cluster="mailman", serviceName="api", desiredStatus="STOPPED")["taskArns"]
ecs.describe_tasks(cluster="mailman", tasks=tasks + stopped)
elb.describe_target_health(TargetGroupArn=group_arn)
logs.describe_log_groups()
streams = logs.describe_log_streams(logGroupName="/api")["logStreams"]
logs.get_log_events(logGroupName="/api", logStreamName=streams[0]["logStreamName"])
logs.filter_log_events(logGroupName="/api")
ecs.stop_task(cluster="mailman", task=tasks[0])
ecs.delete_service(**of_service, force=True)


def status():
    return ecs.describe_services(cluster="mailman", services=["api"])["services"][0]["status"]


while status() != "INACTIVE":
    time.sleep(0.2)
ecs.deregister_task_definition(taskDefinition="api:1")
ecs.delete_cluster(cluster="mailman")
elb.delete_target_group(TargetGroupArn=group_arn)
print(json.dumps(findings))
