# Makes the key pair for service account tokens: the private half signs them, the public half checks them.
mkdir -p /etc/kubernetes/pki

if [ -e /etc/kubernetes/pki/service-account.key ]; then
    echo "the service account key is there already"
else
    (umask 077 && openssl genrsa -out /etc/kubernetes/pki/service-account.key 2048)
    openssl rsa -in /etc/kubernetes/pki/service-account.key -pubout -out /etc/kubernetes/pki/service-account.pub
fi
