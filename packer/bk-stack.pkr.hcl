# An image with everything that an instance would otherwise install at boot. The same program does both, so that a boot
# from this image finds nothing left to do. docs/instances.md says how to build and use one.

packer {
  required_version = ">= 1.10.0"
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.3.0, < 2.0.0"
    }
  }
}

variable "region" {
  description = "Region to build in, and to have the image in."
  type        = string
}

variable "distribution" {
  description = "amazonlinux2023 or ubuntu2404, as the stack's LinuxDistribution."
  type        = string
  default     = "amazonlinux2023"
  validation {
    condition     = contains(["amazonlinux2023", "ubuntu2404"], var.distribution)
    error_message = "The distribution must be amazonlinux2023 or ubuntu2404."
  }
}

variable "architecture" {
  description = "amd64 or arm64, that of the stack's InstanceTypes."
  type        = string
  default     = "amd64"
  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "The architecture must be amd64 or arm64."
  }
}

variable "agent_release" {
  description = "stable, beta, edge or a version, as the stack's BuildkiteAgentRelease; another one is installed at boot."
  type        = string
  default     = "stable"
}

variable "provision" {
  description = "Script of your own, run as root at the end. Empty for none."
  type        = string
  default     = ""
}

variable "host_program" {
  description = "bk-stack's program for instances. Empty for the one beside this file."
  type        = string
  default     = ""
}

variable "instance_type" {
  description = "Where to build. Empty for a t3.large or a t4g.large."
  type        = string
  default     = ""
}

variable "subnet_id" {
  description = "Subnet to build in, with a way to the internet. Empty for the default VPC."
  type        = string
  default     = ""
}

variable "associate_public_ip_address" {
  description = "Whether the building instance has a public address."
  type        = bool
  default     = true
}

variable "ami_name" {
  description = "Name of the image, with the time of its build behind it."
  type        = string
  default     = "bk-stack"
}

variable "kms_key_id" {
  description = "Key to encrypt the image with. Empty for the account's default key for EBS."
  type        = string
  default     = ""
}

locals {
  host_program = abspath(var.host_program == "" ? "${path.root}/../dist/host/host.mjs" : var.host_program)

  # What user data does before the program can run, taken from there.
  runtime = regex("(?s)# runtime: begin[^\n]*\n(.*?)\n *# runtime: end", file(abspath("${path.root}/../template/bk-stack.yml")))[0]

  # The images that the template takes, by their public parameters, in every partition.
  source = {
    amazonlinux2023 = {
      parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${var.architecture == "arm64" ? "arm64" : "x86_64"}"
      user      = "ec2-user"
      root      = "/dev/xvda"
    }
    ubuntu2404 = {
      parameter = "/aws/service/canonical/ubuntu/server/24.04/stable/current/${var.architecture}/hvm/ebs-gp3/ami-id"
      user      = "ubuntu"
      root      = "/dev/sda1"
    }
  }[var.distribution]

  tags = {
    Name                    = "${var.ami_name}-${var.distribution}-${var.architecture}"
    "bk-stack:distribution" = var.distribution
    "bk-stack:architecture" = var.architecture
    "bk-stack:agent"        = var.agent_release
    # A host program has no version of its own: it is known by its content.
    "bk-stack:program" = sha256(file(local.host_program))
  }
}

data "amazon-parameterstore" "source" {
  region = var.region
  name   = local.source.parameter
}

source "amazon-ebs" "instance" {
  region        = var.region
  source_ami    = data.amazon-parameterstore.source.value
  instance_type = var.instance_type != "" ? var.instance_type : var.architecture == "arm64" ? "t4g.large" : "t3.large"

  subnet_id                   = var.subnet_id
  associate_public_ip_address = var.associate_public_ip_address
  ssh_username                = local.source.user
  # The temporary group opens SSH to nobody but the machine that builds.
  temporary_security_group_source_public_ip = true
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  ami_name        = "${local.tags.Name}-${formatdate("YYYYMMDDhhmmss", timestamp())}"
  ami_description = "Instances of bk-stack on ${var.distribution}, ${var.architecture}"
  imds_support    = "v2.0"
  encrypt_boot    = true
  kms_key_id      = var.kms_key_id
  launch_block_device_mappings {
    device_name           = local.source.root
    volume_type           = "gp3"
    volume_size           = 16
    delete_on_termination = true
  }
  tags            = local.tags
  snapshot_tags   = local.tags
  run_tags        = local.tags
  run_volume_tags = local.tags
}

build {
  sources = ["source.amazon-ebs.instance"]

  provisioner "file" {
    source      = local.host_program
    destination = "/tmp/host.mjs"
  }

  provisioner "shell" {
    execute_command = "sudo {{ .Vars }} bash -eu {{ .Path }}"
    inline_shebang  = "/bin/bash -eu"
    env             = { AGENT_RELEASE = var.agent_release }
    inline = [
      "cloud-init status --wait || true",
      "install --directory --mode=0755 /etc/bk-stack /opt/bk-stack /var/lib/bk-stack",
      local.runtime,
      "install --mode=0644 /tmp/host.mjs /opt/bk-stack/host.mjs",
      "/opt/bk-stack/node /opt/bk-stack/host.mjs install \"$AGENT_RELEASE\"",
      var.provision == "" ? "true" : file(abspath(var.provision)),
      # The image is made only if everything is on it, and says what that is.
      "/opt/bk-stack/node /opt/bk-stack/host.mjs smoke",
      "/opt/bk-stack/node /opt/bk-stack/host.mjs manifest | tee /etc/bk-stack/image.json",
    ]
  }

  # Last, as it also removes what the steps before it leave behind.
  provisioner "shell" {
    execute_command = "sudo {{ .Vars }} bash {{ .Path }}"
    script          = "${path.root}/clean.sh"
  }

  post-processor "manifest" {
    output     = "packer-manifest.json"
    strip_path = true
  }
}
