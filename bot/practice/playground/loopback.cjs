// Loaded before the playground (node -r): it has no option for the host and would listen on every interface.
const net = require('node:net')

process.env.TEAMSAPPTESTER_BROWSER = 'none' // we print the address; it would open a browser
process.env.TZ = 'Asia/Tokyo' // it reports this zone as the person's

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  const [where, ...rest] = given
  if (typeof where === 'object' && where !== null && where.port !== undefined) {
    return listen.call(this, { ...where, host: '127.0.0.1' }, ...rest)
  }
  if (/^\d+$/.test(String(where))) {
    const others = rest.filter((one) => typeof one !== 'string')
    return listen.call(this, Number(where), '127.0.0.1', ...others)
  }
  return listen.apply(this, given)
}
