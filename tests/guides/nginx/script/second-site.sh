mkdir -p /srv/second
echo 'The second site.' >/srv/second/index.html
cp /vagrant/config/second.conf /etc/nginx/conf.d
nginx -t && systemctl reload nginx
