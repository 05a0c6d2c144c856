import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` sends questions: a server started by hand, such as `make demo`. */
const server = process.env.COURTFLEET_SERVER ?? 'http://127.0.0.1:8800'

export default defineConfig({
  plugins: [react()],
  build: {
    // `/assets` is a screen, so the built files live elsewhere.
    assetsDir: 'static',
    manifest: true,
    target: ['chrome120', 'firefox115', 'safari17'],
    // Inlined data: URLs of fonts or scripts would need a wider content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1', proxy: { '/api': server, '/healthz': server } },
})
