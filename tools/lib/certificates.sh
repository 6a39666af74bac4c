# Sourced by the scripts that start a server for tests.

# shellcheck shell=bash
# certificates FOLDER: an authority, and a certificate by it.
certificates() {
    local made=$1/tls
    mkdir -m 700 "$made"
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=Tidewater -keyout "$made/ca.key" -out "$1/ca.pem"
    openssl req -new -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$made/key.pem" -out "$made/request.pem"
    openssl x509 -req -days 30 -in "$made/request.pem" -CA "$1/ca.pem" -CAkey "$made/ca.key" -CAcreateserial -out "$made/cert.pem" \
        -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1')
}
