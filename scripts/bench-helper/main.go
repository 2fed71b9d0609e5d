// Asks S3 for a job's secrets in the order of requests of Buildkite's own helper (s3secrets-helper of
// elastic-ci-stack-s3-secrets-hooks, which no module proxy serves): the bucket first, fixed places meanwhile, the list of
// secret files, then those. It is what bench-hook.ts measures the job hook against.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var secretName = regexp.MustCompile(`_(SECRET|SECRET_KEY|PASSWORD|TOKEN|ACCESS_KEY)$`)

type bucket struct {
	client *s3.Client
	name   string
}

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, name, pipeline string) error {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	b := bucket{s3.NewFromConfig(settings, func(o *s3.Options) { o.UsePathStyle = true }), name}
	if _, err := b.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name}); err != nil {
		return err
	}
	keys := b.begin(ctx, pipeline+"/private_ssh_key", pipeline+"/id_rsa_github", "private_ssh_key", "id_rsa_github")
	envs := b.begin(ctx, "env", "environment", pipeline+"/env", pipeline+"/environment")
	credentials := b.begin(ctx, "git-credentials", pipeline+"/git-credentials")
	listed, err := b.secretFiles(ctx, pipeline+"/")
	if err != nil {
		return err
	}
	files := b.begin(ctx, listed...)

	if found := keys(); len(found) > 0 {
		if err := startAgent(found); err != nil {
			return err
		}
	}
	redacted := map[string]string{}
	for _, text := range envs() {
		os.Stdout.Write(append(text.body, '\n'))
	}
	for _, text := range credentials() {
		fmt.Printf("GIT_CONFIG_PARAMETERS=\"'credential.helper=%s'\"\n", text.key)
	}
	for _, text := range files() {
		fmt.Printf("%s='%s'\n", path.Base(text.key), text.body)
		redacted[path.Base(text.key)] = string(text.body)
	}
	if len(redacted) == 0 {
		return nil
	}
	encoded, err := json.Marshal(redacted)
	if err != nil {
		return err
	}
	redactor := exec.Command("buildkite-agent", "redactor", "add", "--format", "json")
	redactor.Stdin = bytes.NewReader(encoded)
	return redactor.Run()
}

type object struct {
	key  string
	body []byte
}

// begin asks for all keys at once. What it returns waits for those that are there, in order.
func (b bucket) begin(ctx context.Context, keys ...string) func() []object {
	bodies := make([][]byte, len(keys))
	var asking sync.WaitGroup
	for index, key := range keys {
		asking.Add(1)
		go func() {
			defer asking.Done()
			bodies[index] = b.get(ctx, key)
		}()
	}
	return func() []object {
		asking.Wait()
		var found []object
		for index, body := range bodies {
			if body != nil {
				found = append(found, object{keys[index], body})
			}
		}
		return found
	}
}

func (b bucket) get(ctx context.Context, key string) []byte {
	answer, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil
	}
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	return body
}

func (b bucket) secretFiles(ctx context.Context, prefix string) ([]string, error) {
	page, err := b.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: aws.String(prefix)})
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, each := range page.Contents {
		if secretName.MatchString(*each.Key) {
			keys = append(keys, *each.Key)
		}
	}
	return keys, nil
}

func startAgent(keys []object) error {
	said, err := exec.Command("ssh-agent", "-s").Output()
	if err != nil {
		return err
	}
	os.Stdout.Write(said)
	socket := strings.SplitN(strings.SplitN(string(said), ";", 2)[0], "=", 2)[1]
	for _, key := range keys {
		add := exec.Command("ssh-add", "-q", "-")
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		add.Stdin = bytes.NewReader(append(key.body, '\n'))
		if err := add.Run(); err != nil {
			return err
		}
	}
	return nil
}
