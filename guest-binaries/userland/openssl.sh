# openssl: keys, certificates, signatures, and a TLS connection between two processes.
# packages: bash openssl coreutils
set -u
export OPENSSL_CONF=/dev/null
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem; openssl genpkey -algorithm ED25519 -out ed.pem
seq 1 20000 >data
for key in rsa ec; do openssl pkey -in $key.pem -pubout -out $key.pub; openssl dgst -sha256 -sign $key.pem -out $key.sig data; openssl dgst -sha256 -verify $key.pub -signature $key.sig data; done
openssl pkey -in ed.pem -pubout -out ed.pub; openssl pkeyutl -sign -rawin -inkey ed.pem -in data -out ed.sig; openssl pkeyutl -verify -rawin -pubin -inkey ed.pub -in data -sigfile ed.sig
for cipher in aes-256-cbc aes-128-ctr chacha20 camellia-192-cbc; do openssl enc -$cipher -pbkdf2 -pass pass:word -in data -out secret; openssl enc -d -$cipher -pbkdf2 -pass pass:word -in secret | cmp - data && echo $cipher; done
openssl req -x509 -new -key ec.pem -subj /CN=localhost -days 30 -out certificate.pem -sha256; openssl x509 -in certificate.pem -noout -subject; openssl verify -CAfile certificate.pem certificate.pem
for version in tls1_2 tls1_3; do
    openssl s_server -quiet -unix $PWD/socket -unlink -cert certificate.pem -key ec.pem -$version -naccept 1 -rev 2>/dev/null & server=$!
    for i in $(seq 1 300); do [ -S socket ] && break; sleep 0.02; done
    # The client's input ends after its answer has come: neither side depends on the other's speed.
    coproc client { openssl s_client -quiet -no_ign_eof -unix socket -CAfile certificate.pem -$version -verify_return_error 2>/dev/null; }
    exec {to}>&"${client[1]}"-; echo hello >&$to; read -r answer <&"${client[0]}"; echo "$answer"; exec {to}>&-; wait $client_PID; wait $server; echo "$version $?"; rm -f socket
done
openssl rand 1000000 | wc -c; openssl prime 18446744073709551557; openssl dgst -sha3-256 data; openssl speed -seconds 1 -multi 2 -bytes 1024 sha256 2>/dev/null | grep -c sha256; openssl ciphers -s -tls1_3; openssl kdf -keylen 16 -kdfopt digest:SHA256 -kdfopt pass:p -kdfopt salt:s -kdfopt iter:1000 PBKDF2
