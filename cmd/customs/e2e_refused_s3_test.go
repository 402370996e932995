package main

import (
	"strings"
	"testing"
)

// botoUpload puts an object and prints what the SDK raises.
const botoUpload = `
import sys, boto3, botocore.config, botocore.exceptions
s3 = boto3.client("s3", endpoint_url=sys.argv[1], aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", region_name="ap-southeast-1",
    config=botocore.config.Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}, request_checksum_calculation="when_required"), verify=sys.argv[3])
try:
    s3.put_object(Bucket="patients", Key="list.json", Body=open(sys.argv[2], "rb").read())
except botocore.exceptions.ClientError as e:
    print(e, e.response["ResponseMetadata"]["RequestId"])
    sys.exit(1)
`

// TestRefusedS3 wants the error of an object store, which its clients print.
func TestRefusedS3(t *testing.T) {
	onlyInCI(t)
	t.Parallel()
	c := newCity(t, sampleConfig)
	file := c.keep(t, "list.json", childWithDiagnosis(t))
	host := strings.TrimPrefix(c.origin.URL, "https://")
	t.Run("s3cmd", func(t *testing.T) {
		proxyHost, proxyPort, _ := strings.Cut(c.proxy, ":")
		config := c.keep(t, "s3cfg", "[default]\naccess_key = AKIDEXAMPLE\nsecret_key = secret\nuse_https = True\nhost_base = "+host+"\nhost_bucket = "+host+
			"\nca_certs_file = "+c.caFile+"\nproxy_host = "+proxyHost+"\nproxy_port = "+proxyPort+"\nmax_retries = 0\ncheck_ssl_hostname = False\n")
		shown := c.show(t, true, "s3cmd", "-c", config, "put", file, "s3://patients/list.json")
		if !strings.Contains(shown, "AccessDenied") {
			t.Errorf("no code of S3:\n%s", shown)
		}
		c.wantRefusal(t, shown, "FILING_NOT_FOUND")
	})
	t.Run("boto3", func(t *testing.T) {
		if !inPython(t, "boto3") {
			t.Skip("boto3 is not installed")
		}
		shown := c.show(t, true, "python3", "-c", botoUpload, c.origin.URL, file, c.caFile)
		if !strings.Contains(shown, "AccessDenied") {
			t.Errorf("no code of S3:\n%s", shown)
		}
		c.wantRefusal(t, shown, "FILING_NOT_FOUND")
	})
	for _, a := range c.origin.arrivals() {
		if a.method != "GET" || a.bytes > 0 { // a client may ask where the bucket is
			t.Errorf("origin saw %s %s", a.method, a.path)
		}
	}
}
