// What the browser can find out by itself: pictures, sounds, a file, data as in a video call.
// Nothing of it leaves this page but whether it was well.
// @ts-check

/** @typedef {import("./plan").Found} Found */
/** @typedef {import("./plan").Fault} Fault */

// As the agent judges: of 255, the mean of all points (edge_agent/frames.py, edge_agent/sound.py).
const BLACK_BELOW = 18
const FROZEN_BELOW = 0.05
const SILENT_BELOW = 0.002
const FRAMES = 8
const FRAME_MS = 150
const OPENS_MS = 5000
const LISTENS_MS = 4000
const WIDTH = 160
const HEIGHT = 90
const CALL_MS = 8000
const CALL_MESSAGES = 20
const NEW_FILE_MS = 60 * 60_000

/** @type {Found} */
export const PASSED = { outcome: 'passed', fault: '' }

/**
 * @param {Fault} fault
 * @returns {Found}
 */
export const failed = (fault) => ({ outcome: 'failed', fault })

/**
 * @param {Fault} fault
 * @returns {Found}
 */
export const skipped = (fault) => ({ outcome: 'skipped', fault })

/**
 * The cameras or microphones that the browser names; it does so once one of them was allowed.
 * @param {MediaDeviceKind} kind
 */
export async function devices(kind) {
  const all = await navigator.mediaDevices?.enumerateDevices()
  return (all ?? []).filter((one) => one.kind === kind && one.deviceId !== '')
}

/**
 * A picture that is neither black nor frozen; `video` shows it meanwhile.
 * @param {HTMLVideoElement} video
 * @param {string} device id, "" for any
 * @returns {Promise<Found>}
 */
export const tryCamera = (video, device) =>
  withStream({ video: device ? { deviceId: { exact: device } } : true }, async (stream) => {
    video.srcObject = stream
    const isOpen = await Promise.race([video.play().then(() => true), pause(OPENS_MS)])
    if (isOpen !== true) return failed('hung')
    return judgePicture(await takeFrames(video))
  })

/**
 * Something that is heard; `show` gets the level now and then, 0 to 1.
 * @param {string} device id, "" for any
 * @param {(level: number) => void} show
 * @returns {Promise<Found>}
 */
export const tryMicrophone = (device, show) =>
  withStream({ audio: device ? { deviceId: { exact: device } } : true }, async (stream) => {
    const context = new AudioContext()
    try {
      await context.resume()
      const analyser = context.createAnalyser()
      context.createMediaStreamSource(stream).connect(analyser)
      const points = new Float32Array(analyser.fftSize)
      const until = performance.now() + LISTENS_MS
      while (performance.now() < until) {
        await pause(100)
        analyser.getFloatTimeDomainData(points)
        const level = Math.max(...points.map(Math.abs))
        show(Math.min(1, level))
        if (level >= SILENT_BELOW) return PASSED
      }
      return failed('silent')
    } finally {
      await context.close()
    }
  })

/** A tone of one second, for somebody to hear. */
export async function playTone() {
  const context = new AudioContext()
  await context.resume()
  const gain = context.createGain()
  gain.gain.value = 0.25
  const tone = context.createOscillator()
  tone.frequency.value = 440
  tone.connect(gain).connect(context.destination)
  tone.start()
  await pause(1000)
  await context.close()
}

/**
 * A sheet that was scanned just now.
 * @param {File} file
 * @returns {Promise<Found>}
 */
export async function judgeFile(file) {
  if (Date.now() - file.lastModified > NEW_FILE_MS) return skipped('old_file')
  if (file.type === 'application/pdf') {
    const head = new TextDecoder().decode(await file.slice(0, 5).arrayBuffer())
    return head === '%PDF-' ? PASSED : failed('not_answering')
  }
  try {
    const picture = await createImageBitmap(file)
    const { mean } = brightness(picture)
    return mean < BLACK_BELOW ? failed('picture_black') : PASSED
  } catch {
    return failed('not_answering') // a scanner that wrote no picture
  }
}

/**
 * Data by WebRTC from this page to itself: what a video call needs of the browser.
 * @returns {Promise<Found>}
 */
export async function tryCall() {
  if (typeof RTCPeerConnection === 'undefined') return skipped('not_supported')
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()]
  try {
    one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined)
    other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined)
    const came = echoes(one, other)
    await one.setLocalDescription()
    await other.setRemoteDescription(/** @type {RTCSessionDescription} */ (one.localDescription))
    await other.setLocalDescription()
    await one.setRemoteDescription(/** @type {RTCSessionDescription} */ (other.localDescription))
    const isThere = await Promise.race([came.then(() => true), pause(CALL_MS)])
    return isThere === true ? PASSED : failed('blocked')
  } catch {
    return failed('blocked')
  } finally {
    one.close()
    other.close()
  }
}

/**
 * Resolved when every message has come back.
 * @param {RTCPeerConnection} one
 * @param {RTCPeerConnection} other
 */
function echoes(one, other) {
  other.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(data)
  }
  const channel = one.createDataChannel('echo')
  return new Promise((resolve) => {
    let back = 0
    channel.onopen = () => {
      for (let at = 0; at < CALL_MESSAGES; at += 1) channel.send(String(at))
    }
    channel.onmessage = () => {
      back += 1
      if (back === CALL_MESSAGES) resolve(back)
    }
  })
}

/**
 * Use a camera or microphone, and give it back.
 * @param {MediaStreamConstraints} wanted
 * @param {(stream: MediaStream) => Promise<Found>} use
 * @returns {Promise<Found>}
 */
async function withStream(wanted, use) {
  if (!window.isSecureContext) return skipped('insecure_page')
  if (!navigator.mediaDevices) return skipped('not_supported')
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia(wanted)
  } catch (error) {
    return denied(error instanceof DOMException ? error.name : '')
  }
  try {
    return await use(stream)
  } finally {
    for (const track of stream.getTracks()) track.stop()
  }
}

/**
 * @param {string} name of the browser's error
 * @returns {Found}
 */
function denied(name) {
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return { outcome: 'refused', fault: 'not_allowed' }
  const isAbsent = name === 'NotFoundError' || name === 'OverconstrainedError'
  return failed(isAbsent ? 'not_found' : 'hung')
}

/** @param {HTMLVideoElement} video */
async function takeFrames(video) {
  const frames = []
  for (let at = 0; at < FRAMES; at += 1) {
    await pause(FRAME_MS)
    frames.push(brightness(video))
  }
  return frames
}

/**
 * @param {{ mean: number, points: Uint8ClampedArray }[]} frames
 * @returns {Found}
 */
function judgePicture(frames) {
  if (Math.max(...frames.map(({ mean }) => mean)) < BLACK_BELOW) return failed('picture_black')
  let change = 0
  for (const [at, { points }] of frames.entries()) {
    const before = frames[at - 1]?.points
    if (before) change = Math.max(change, difference(before, points))
  }
  return change < FROZEN_BELOW ? failed('picture_frozen') : PASSED
}

/**
 * The mean of the absolute differences.
 * @param {Uint8ClampedArray} one
 * @param {Uint8ClampedArray} other
 */
function difference(one, other) {
  let sum = 0
  for (let at = 0; at < one.length; at += 1) sum += Math.abs((one[at] ?? 0) - (other[at] ?? 0))
  return sum / one.length
}

/**
 * A small grey picture, and how bright it is.
 * @param {HTMLVideoElement | ImageBitmap} source
 */
function brightness(source) {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT)
  const drawing = canvas.getContext('2d', { willReadFrequently: true })
  if (drawing === null) throw new Error('no canvas')
  drawing.drawImage(source, 0, 0, WIDTH, HEIGHT)
  const { data } = drawing.getImageData(0, 0, WIDTH, HEIGHT)
  const points = new Uint8ClampedArray(WIDTH * HEIGHT)
  let sum = 0
  for (let at = 0; at < points.length; at += 1) {
    const [red = 0, green = 0, blue = 0] = data.subarray(4 * at, 4 * at + 3)
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue
    points[at] = grey
    sum += grey
  }
  return { mean: sum / points.length, points }
}

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
