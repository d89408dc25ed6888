import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

/** The browser's own reader of QR codes (Shape Detection API); not every browser has one. */
function detectorHere(): Detector | null {
  const { BarcodeDetector } = globalThis as {
    BarcodeDetector?: new (init: { formats: string[] }) => Detector;
  };
  return BarcodeDetector === undefined ? null : new BarcodeDetector({ formats: ['qr_code'] });
}

/** Scans a QR code with the camera, where the browser can; nothing is shown where it cannot. */
export function ScanCode(props: { onFound: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  const [failed, setFailed] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const { onFound } = props;
  useEffect(() => {
    const detector = detectorHere();
    if (!open || detector === null) return;
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const look = async () => {
      const found = video.current === null ? [] : await detector.detect(video.current).catch(() => []);
      if (gone) return;
      const code = found.find(({ rawValue }) => rawValue.startsWith('lichen1.'));
      if (code === undefined) timer = setTimeout(look, 250);
      else {
        onFound(code.rawValue);
        setOpen(false);
      }
    };
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'environment' } })
      .then(async (camera) => {
        stream = camera;
        if (gone || video.current === null) return stopAll(camera);
        video.current.srcObject = camera;
        await video.current.play();
        void look();
      })
      .catch(() => setFailed(true));
    return () => {
      gone = true;
      clearTimeout(timer);
      stopAll(stream);
    };
  }, [open, onFound]);
  if (detectorHere() === null) return null;
  return (
    <div>
      {open && (
        <video
          ref={video}
          muted
          playsInline
          aria-label="Camera"
          style={{ width: '100%', borderRadius: 12 }}
        />
      )}
      <Button variant="default" size="compact-md" onClick={() => setOpen(!open)}>
        {open ? 'Stop the camera' : 'Scan with the camera'}
      </Button>
      {failed && <p className="soft">The camera could not be used. Paste the code instead.</p>}
    </div>
  );
}

function stopAll(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
