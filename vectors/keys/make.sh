#!/bin/sh
# make.sh: makes every key and certificate of this folder anew, with the command openssl 3.x and
# its provider "legacy". Nothing here protects anything; the passwords stand in README.md.
#
# Signed test messages hold some of these certificates: after a run those have to be signed anew.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
password=changeit

# Validity up to the end of 2099, from a day on which no test message was made yet.
since=20200101000000Z
until=20991231235959Z

cat >"$work/openssl.cnf" <<'END'
[ca]
default_ca = default
[default]
new_certs_dir = $ENV::work
database = $ENV::work/index
rand_serial = yes
unique_subject = no
default_md = sha256
policy = anything
string_mask = utf8only
email_in_dn = yes
preserve = yes
[anything]
countryName = optional
stateOrProvinceName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
[req]
distinguished_name = empty
string_mask = utf8only
[empty]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf-ec]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[eku-critical]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[plain]
subjectKeyIdentifier = none
[constrained]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
nameConstraints = critical, permitted;dirName:tests
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tests]
countryName = DE
organizationName = wsse
organizationalUnitName = Tests
[no-crl-sign]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[crl]
authorityKeyIdentifier = keyid
[crl-delta]
authorityKeyIdentifier = keyid
2.5.29.27 = critical, DER:020101
[crl-indirect]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @indirect
[indirect]
indirectCRL = TRUE
[crl-users]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @users
[users]
onlyuser = TRUE
[crl-unknown]
1.3.6.1.4.1.99999.1 = critical, DER:0500
END
export work
: >"$work/index"

rsa() { # name bits
  openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1.key.pem"
}

ec() { # name curve
  openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -out "$1.key.pem"
}

# certificate NAME ISSUER EXTENSIONS SUBJECT [SINCE UNTIL [OPTION...]]
certificate() {
  name=$1 issuer=$2 extensions=$3 subject=$4 from=${5:-$since} to=${6:-$until}
  shift 4
  [ $# -lt 2 ] || shift 2
  openssl req -new -utf8 -config "$work/openssl.cnf" -key "$name.key.pem" -subj "$subject" "$@" \
    -out "$work/request"
  if [ "$issuer" = self ]; then
    set -- -selfsign -keyfile "$name.key.pem"
  else
    set -- -cert "$issuer.crt.pem" -keyfile "$issuer.key.pem"
  fi
  openssl ca -batch -notext -utf8 -config "$work/openssl.cnf" -extensions "$extensions" \
    -startdate "$from" -enddate "$to" "$@" -in "$work/request" -out "$name.crt.pem" 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
}

rsa root 2048
certificate root self root '/C=DE/O=wsse/CN=wsse test root'
rsa intermediate 2048
certificate intermediate root authority '/C=DE/O=wsse/CN=wsse test intermediate'

rsa client 2048
certificate client intermediate leaf '/C=DE/O=wsse/OU=Tests/CN=client'
rsa server 2048
certificate server intermediate leaf '/C=DE/O=wsse/OU=Tests/CN=server'
rsa small1024 1024
certificate small1024 intermediate leaf '/C=DE/O=wsse/OU=Tests/CN=small1024'
ec ec256 P-256
certificate ec256 intermediate leaf-ec '/C=DE/O=wsse/OU=Tests/CN=ec256'
ec ec384 P-384
certificate ec384 intermediate leaf-ec '/C=DE/O=wsse/OU=Tests/CN=ec384'
ec ec521 P-521
certificate ec521 intermediate leaf-ec '/C=DE/O=wsse/OU=Tests/CN=ec521'
rsa eku-critical 2048
certificate eku-critical intermediate eku-critical '/C=DE/O=wsse/OU=Tests/CN=eku-critical'
rsa expired 2048
certificate expired intermediate leaf '/C=DE/O=wsse/OU=Tests/CN=expired' 20200101000000Z 20201231235959Z
rsa notyet 2048
certificate notyet intermediate leaf '/C=DE/O=wsse/OU=Tests/CN=notyet' 20980101000000Z 20991231235959Z

rsa selfsigned 2048
certificate selfsigned self plain '/C=DE/O=wsse/OU=Tests/CN=selfsigned'
# Every character that a way of writing names escapes, an e-mail address, a relative name of two.
rsa names 2048
certificate names self root \
  '/C=CH/O=Müller, Söhne \+ "Co"; Ltd./OU= #1 <b> \\ \/x\=y /UID=7+CN=Names, Ltd./emailAddress=ca@example.org' \
  "$since" "$until" -multivalue-rdn

# Other kinds of keys.
openssl genpkey -quiet -algorithm ED25519 -out ed25519.key.pem
certificate ed25519 intermediate leaf-ec '/C=DE/O=wsse/OU=Tests/CN=ed25519'
openssl genpkey -quiet -algorithm ED448 -out ed448.key.pem
certificate ed448 intermediate leaf-ec '/C=DE/O=wsse/OU=Tests/CN=ed448'
openssl genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out rsa-pss.key.pem
certificate rsa-pss intermediate leaf-ec '/C=DE/O=wsse/OU=Tests/CN=rsa-pss'
openssl genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha512 \
  -pkeyopt rsa_pss_keygen_mgf1_md:sha512 -pkeyopt rsa_pss_keygen_saltlen:64 -out rsa-pss-sha512.key.pem
certificate rsa-pss-sha512 intermediate leaf-ec '/C=DE/O=wsse/OU=Tests/CN=rsa-pss-sha512' \
  "$since" "$until" -sha512
dsa() { # name bits order
  openssl genpkey -quiet -genparam -algorithm DSA -pkeyopt "dsa_paramgen_bits:$2" \
    -pkeyopt "dsa_paramgen_q_bits:$3" -out "$work/parameters"
  openssl genpkey -quiet -paramfile "$work/parameters" -out "$1.key.pem"
  certificate "$1" intermediate leaf-ec "/C=DE/O=wsse/OU=Tests/CN=$1"
}
dsa dsa1024 1024 160
dsa dsa2048 2048 256
# A key that signs nothing can't ask for a certificate: another asks for it.
openssl genpkey -quiet -algorithm X25519 -out x25519.key.pem
openssl pkey -in x25519.key.pem -pubout -out x25519.public.pem
openssl req -new -config "$work/openssl.cnf" -key client.key.pem -subj '/C=DE/O=wsse/OU=Tests/CN=x25519' \
  -out "$work/request"
openssl x509 -req -in "$work/request" -force_pubkey "$work/public" -CA intermediate.crt.pem \
  -CAkey intermediate.key.pem -days 27000 -out x25519.crt.pem 2>/dev/null

# The names of the chain above, under an authority that nobody trusts.
rsa other-root 2048
certificate other-root self root '/C=DE/O=wsse/CN=wsse test root'
rsa impostor-intermediate 2048
certificate impostor-intermediate other-root authority '/C=DE/O=wsse/CN=wsse test intermediate'
rsa impostor 2048
openssl x509 -noout -serial -in client.crt.pem | cut -d= -f2 >"$work/serial"
sed -i "s|^rand_serial.*|serial = $work/serial|" "$work/openssl.cnf"
certificate impostor impostor-intermediate leaf '/C=DE/O=wsse/OU=Tests/CN=client'

# Keys that are refused.
openssl ecparam -genkey -noout -name prime256v1 -param_enc explicit -out ec-explicit.key.pem
ec ec-secp256k1 secp256k1

# An authority for names under C=DE,O=wsse,OU=Tests alone, and what it issued.
ec constrained P-256
certificate constrained root constrained '/C=DE/O=wsse/CN=wsse test constrained'
ec inside P-256
certificate inside constrained leaf-ec '/C=DE/O=wsse/OU=Tests/CN=inside'
ec outside P-256
certificate outside constrained leaf-ec '/C=DE/O=wsse/OU=Elsewhere/CN=outside'

# The authority of the rest again, which must not sign CRLs.
cp intermediate.key.pem no-crl-sign.key.pem
certificate no-crl-sign root no-crl-sign '/C=DE/O=wsse/CN=wsse test intermediate'
rm no-crl-sign.key.pem

# crl NAME ISSUER EXTENSIONS SINCE UNTIL [REVOKED...]
crl() {
  name=$1 issuer=$2 extensions=$3 from=$4 to=$5
  shift 5
  : >"$work/revoked"
  for revoked; do
    serial=$(openssl x509 -noout -serial -in "$revoked.crt.pem" | cut -d= -f2)
    printf 'R\t991231235959Z\t210101000000Z,keyCompromise\t%s\tunknown\t/CN=%s\n' "$serial" "$revoked" \
      >>"$work/revoked"
  done
  echo 01 >"$work/number"
  sed "s|^database.*|database = $work/revoked|; s|^\[default\]|&\ncrlnumber = $work/number|" \
    "$work/openssl.cnf" >"$work/crl.cnf"
  openssl ca -gencrl -batch -config "$work/crl.cnf" -crlexts "$extensions" -crl_lastupdate "$from" \
    -crl_nextupdate "$to" -cert "$issuer.crt.pem" -keyfile "$issuer.key.pem" -out "$name.crl.pem" 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
}
crl root root crl "$since" "$until" other-root
crl root-revoked root crl "$since" "$until" intermediate
crl intermediate intermediate crl "$since" "$until" server
crl intermediate-expired intermediate crl "$since" 20220101000000Z server
crl intermediate-notyet intermediate crl 20980101000000Z "$until" server
crl impostor impostor-intermediate crl "$since" "$until" client server
crl intermediate-delta intermediate crl-delta "$since" "$until" server
crl intermediate-indirect intermediate crl-indirect "$since" "$until" server
crl intermediate-users intermediate crl-users "$since" "$until" server
crl intermediate-unknown intermediate crl-unknown "$since" "$until" server
openssl crl -in intermediate.crl.pem -outform DER -out intermediate.crl.der

# The same private key in every form.
cat intermediate.crt.pem root.crt.pem >chain.pem
# Certificates in a PKCS#7: a path, and two of which neither issued the other.
openssl crl2pkcs7 -nocrl -certfile client.crt.pem -certfile intermediate.crt.pem -outform DER -out path.p7b
openssl crl2pkcs7 -nocrl -certfile client.crt.pem -certfile server.crt.pem -outform DER -out two.p7b
cat root.crt.pem client.key.pem client.crt.pem intermediate.crt.pem >client.bundle.pem
legacy='-provider legacy -provider default'
encrypt() { # form of client.pkcs8-*, option...
  form=$1; shift
  openssl pkcs8 $legacy -topk8 -in client.key.pem -passout "pass:$password" -out "client.$form.pem" "$@"
}
encrypt pkcs8-aes256 -v2 aes-256-cbc -v2prf hmacWithSHA256
encrypt pkcs8-3des -v2 des-ede3-cbc
encrypt pkcs8-pbes1 -v1 PBE-SHA1-3DES
encrypt pkcs8-rc2 -v1 PBE-SHA1-RC2-40
openssl rsa -in client.key.pem -traditional -out client.pkcs1.pem 2>/dev/null
openssl rsa -in client.key.pem -traditional -des3 -passout "pass:$password" -out client.pkcs1-3des.pem 2>/dev/null
openssl rsa -in client.key.pem -traditional -aes256 -passout "pass:$password" -out client.pkcs1-aes256.pem 2>/dev/null
openssl ec -in ec256.key.pem -out ec256.sec1.pem 2>/dev/null
openssl ec -in ec256.key.pem -aes128 -passout "pass:$password" -out ec256.sec1-aes128.pem 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in client.key.pem -outform DER -out client.pkcs8.der
openssl pkcs8 -topk8 -in client.key.pem -passout "pass:$password" -outform DER -out client.pkcs8-aes256.der
openssl rsa -in client.key.pem -traditional -outform DER -out client.pkcs1.der 2>/dev/null
openssl ec -in ec256.key.pem -outform DER -out ec256.sec1.der 2>/dev/null
openssl x509 -in client.crt.pem -outform DER -out client.crt.der
openssl pkey -in client.key.pem -pubout -out client.public.pem
openssl pkey -in client.key.pem -pubout -outform DER -out client.public.der
openssl rsa -in client.key.pem -RSAPublicKey_out -out client.public-pkcs1.pem 2>/dev/null

store() { # name form password option...
  name=$1 form=$2 secret=$3; shift 3
  openssl pkcs12 -export -inkey "$name.key.pem" -in "$name.crt.pem" -certfile chain.pem -name "$name" \
    -passout "pass:$secret" -out "$name$form.p12" "$@"
}
store client '' "$password"
store client -3des "$password" -legacy -descert -macalg sha1
store client -rc2 "$password" -legacy -keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40 -macalg sha1
store client -empty-password ''
store ec256 '' "$password"
store ed25519 '' "$password"
openssl pkcs12 -export -nokeys -in chain.pem -passout "pass:$password" -out chain.p12
openssl rand -out partner.secret 32
chmod 644 ./*.secret ./*.pem ./*.der ./*.p12
